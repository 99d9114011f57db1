/** Field numbers of onnx.ModelProto, GraphProto, NodeProto and so on (onnx.proto, ONNX 1.19). */
export const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadata: 14, functions: 25 } as const;
export const GRAPH = { node: 1, initializer: 5, docString: 10, input: 11, output: 12, valueInfo: 13, sparseInitializer: 15 } as const;
/** Of SparseTensorProto. */
export const SPARSE = { values: 1, indices: 2 } as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const FUNCTION = { node: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, int: 3, string: 4, tensor: 5, graph: 6, floats: 7, ints: 8, strings: 9, tensors: 10, graphs: 11, type: 20 } as const;
export const TENSOR = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;
/** Of StringStringEntryProto. */
export const ENTRY = { key: 1, value: 2 } as const;
