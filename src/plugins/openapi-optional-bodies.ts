interface Operation {
  'x-optional-body'?: boolean;
  requestBody?: { required: boolean };
}

/** Swagger declares every body as required; routes that do without one say so by a mark, which ends here. */
export function declareOptionalBodies(paths: Readonly<Record<string, unknown>>): void {
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations as Record<string, Operation>)) {
      if (operation['x-optional-body'] === true && operation.requestBody !== undefined) operation.requestBody.required = false;
      delete operation['x-optional-body'];
    }
  }
}
