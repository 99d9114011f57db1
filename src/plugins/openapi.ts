import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { ADMIN_KEY_SCHEME } from './admin-key.js';
import { hoistTitledSchemas } from './openapi-components.js';
import { declareOptionalBodies } from './openapi-optional-bodies.js';

/** OpenAPI 3.1 from the routes' schemas, and the page at /docs. Must be registered before every route. */
export async function useOpenapi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject;
      declareOptionalBodies(document.openapiObject.paths ?? {});
      return hoistTitledSchemas(document.openapiObject);
    },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'MetaErr service',
        version,
        description: 'Predictions of ONNX models, each with the calibrated probability that it is wrong.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          [ADMIN_KEY_SCHEME]: { type: 'http', scheme: 'bearer', description: 'The admin key, asked for where METAERR_ADMIN_KEY is set.' },
        },
      },
      tags: [
        { name: 'predictions', description: 'Predict, and read what was predicted.' },
        { name: 'open inference protocol', description: 'The same data plane for the clients of the Open Inference Protocol, version 2.' },
        { name: 'ground truth', description: 'What was true, arriving later.' },
        { name: 'models', description: 'Base models and their meta-models.' },
        { name: 'jobs', description: 'Retraining.' },
        { name: 'operation', description: 'Probes and metrics.' },
      ],
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
}
