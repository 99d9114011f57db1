import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import { MetaErrError } from '../core/errors.js';
import type { Job } from '../jobs/queue.js';
import { OPERATOR_ONLY } from './operator-only.js';
import { closed, named, isoTimeText, lookedUp, ModelParameter, nullableText, nullableTime, replies } from './schemas.js';
import type { Services } from './services.js';

const JobSchema = named('Job', closed(
  {
    id: Type.String({ description: 'Id of the job.' }),
    type: Type.String({ enum: ['retrain'], description: 'What it does.' }),
    model: Type.String({ description: 'Model.' }),
    version: Type.String({ description: 'Version of the base model.' }),
    state: Type.String({ enum: ['waiting', 'active', 'completed', 'failed', 'cancelled'], description: 'State.' }),
    trigger: Type.String({ description: 'What asked for it.' }),
    progress: Type.Unsafe<unknown>({
      anyOf: [
        named('JobProgress', closed({ step: Type.String({ description: 'What is being done.' }), done: Type.Number({ description: 'Done.' }), total: Type.Number({ description: 'Of.' }) }, 'Progress.')),
        { type: 'null' },
      ],
      description: 'Progress of an active job.',
    }),
    result: Type.Unsafe<unknown>({
      anyOf: [
        named('JobResult', closed(
          {
            promoted: Type.Boolean({ description: 'Whether a new meta-model went live.' }),
            meta_version: Type.Integer({ description: 'The champion after the job; 0 is the cold start.' }),
            reason: Type.String({ description: 'Why, in words.' }),
          },
          'Result.',
        )),
        { type: 'null' },
      ],
      description: 'Result of a completed job.',
    }),
    error: nullableText('Why it failed.'),
    request_id: nullableText('The request that asked for it; also in the logs of the process that runs it.'),
    created_at: isoTimeText('When it was asked for.'),
    started_at: nullableTime('When it began.'),
    ended_at: nullableTime('When it ended.'),
  },
  'A job.',
));

const JobListQuery = closed(
  {
    model: Type.Optional(lookedUp('Only jobs of this model.')),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 20, description: 'Most jobs.' }),
  },
  'Restrictions.',
);

const JobParameter = closed({ id: lookedUp('Id of the job.') }, 'Path parameters.');

const optionalTime = (at: number | null) => (at === null ? null : isoTime(at));

function toReply(job: Job) {
  const { id, type, model, state, trigger, progress, result, error } = job;
  return {
    id,
    type,
    model,
    version: String(job.version),
    state,
    trigger,
    progress,
    result,
    error,
    request_id: job.requestId,
    created_at: isoTime(job.createdAt),
    started_at: optionalTime(job.startedAt),
    ended_at: optionalTime(job.endedAt),
  };
}

/** POST /v1/models/{model}/retrain, GET /v1/jobs, GET and DELETE /v1/jobs/{id}. */
export function jobRoutes({ retraining, queue }: Pick<Services, 'retraining' | 'queue'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/models/:model/retrain',
      {
        schema: {
          operationId: 'retrain',
          tags: ['jobs'],
          summary: 'Ask for a retraining of the meta-model',
          description: 'The job sees every ground truth acknowledged before the call. While a training runs, there is at most one waiting job, which is returned again.',
          params: ModelParameter,
          response: replies(202, JobSchema, 400, 401, 404, 413, 415, 503),
          ...OPERATOR_ONLY,
        },
      },
      async (request, reply) => {
        const asked = { requestId: request.id, traceParent: request.trace?.traceParent ?? null };
        return reply.code(202).send(toReply(await retraining.retrain(request.params.model, asked)));
      },
    );
    app.get(
      '/v1/jobs',
      {
        schema: {
          operationId: 'listJobs',
          tags: ['jobs'],
          summary: 'Jobs: those that have not ended first, then the newest',
          querystring: JobListQuery,
          response: replies(200, named('JobList', closed({ jobs: Type.Array(JobSchema, { description: 'Waiting and active ones first, each part from the newest.' }) }, 'The jobs.')), 400, 503),
        },
      },
      async ({ query: { model = null, limit } }) => ({ jobs: (await queue.list({ model, limit })).map(toReply) }),
    );
    app.get(
      '/v1/jobs/:id',
      {
        schema: { operationId: 'getJob', tags: ['jobs'], summary: 'State, progress and result of a job', params: JobParameter, response: replies(200, JobSchema, 400, 404, 503) },
      },
      async (request) => {
        const job = await queue.get(request.params.id);
        if (job === null) throw new MetaErrError('JOB_NOT_FOUND', `No job has the id ${request.params.id}.`, { field: 'id' });
        return toReply(job);
      },
    );
    app.delete(
      '/v1/jobs/:id',
      {
        schema: {
          operationId: 'cancelJob',
          tags: ['jobs'],
          summary: 'Cancel a waiting or active job',
          params: JobParameter,
          response: replies(200, JobSchema, 400, 401, 404, 409, 413, 415, 503),
          ...OPERATOR_ONLY,
        },
      },
      async (request) => toReply(await queue.cancel(request.params.id)),
    );
  };
}
