import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { MetaErrError } from '../core/errors.js';
import type { GroundTruthTally, UnknownLabels } from '../jobs/contracts.js';
import { UnknownLabelTally } from '../jobs/unknown-labels.js';
import { closingSignal } from './closing-signal.js';
import { groundTruthLines } from './ground-truth-lines.js';
import { Body, Lines, Reply } from './ground-truth-schemas.js';
import { replies } from './schemas.js';
import type { Services } from './services.js';

const NDJSON = 'application/x-ndjson';

const SCHEMA = {
  operationId: 'submitGroundTruth',
  tags: ['ground truth'],
  summary: 'Deliver ground truths by prediction id, or by your own id',
  description:
    'Acknowledged only when durable. A ground truth may come before its prediction is in the ledger (pending) and may be repeated. As NDJSON it may be a stream of any length: lines that are not valid are told, the others are taken. A 503 says up to which line everything is stored; it is safe to send all of it again.',
  body: { content: { 'application/json': { schema: Body }, [NDJSON]: { schema: Lines } } },
  response: replies(200, Reply, 400, 413, 415, 503),
};

function toTallyJson({ lines, counts, invalid, unknownLabels }: GroundTruthTally) {
  const total = counts.invalid ?? 0;
  return { lines, counts, ...unknownJson(unknownLabels), invalid, ...(total > invalid.length && { invalid_total: total }) };
}

function unknownJson(unknown: UnknownLabels) {
  return unknown.total > 0 ? { unknown_labels: unknown } : {};
}

/** POST /v1/ground-truth. */
export function groundTruthRoutes({ groundTruth }: Pick<Services, 'groundTruth'>): FastifyPluginAsyncTypebox {
  const takeLines = async (request: FastifyRequest, body: Readable, reply: FastifyReply, closing: AbortSignal) => {
    try {
      return toTallyJson(await groundTruth.submitStream(groundTruthLines(request, body, closing)));
    } catch (error) {
      // Else closing would wait for a client that goes on sending.
      if (closing.aborted) void reply.header('connection', 'close');
      throw error;
    }
  };

  return async (app) => {
    const closing = closingSignal(app);
    const check = app.validatorCompiler;
    // The stream is the body, whatever its length; its lines are checked as they come.
    app.addContentTypeParser(NDJSON, (_request, stream, done) => done(null, stream));
    app.post<{ Body: Static<typeof Body> | Readable | undefined }>(
      '/v1/ground-truth',
      {
        schema: SCHEMA,
        ...(check !== undefined && { validatorCompiler: (part) => (part.contentType === NDJSON ? () => true : check(part)) }),
        // Up to 100,000 small objects in one of two forms: to find out which would take longer than to write them.
        serializerCompiler: () => JSON.stringify,
      },
      async (request, reply) => {
        const { body } = request;
        if (body === undefined) throw new MetaErrError('INVALID_REQUEST', `body: expected application/json or ${NDJSON}`);
        if (body instanceof Readable) return takeLines(request, body, reply, closing);
        const results = await groundTruth.submit(body.items);
        const counts: Record<string, number> = {};
        for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
        const unknown = new UnknownLabelTally();
        unknown.addAnswered(body.items, results);
        return { counts, ...unknownJson(unknown.summary()), results };
      },
    );
  };
}
