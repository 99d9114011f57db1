# One image for both processes of the service: the server by default, the worker by command (node dist/src/worker.js).
# glibc: onnxruntime-node has no musl build. Pin it by digest with --build-arg NODE_IMAGE=node@sha256:...
ARG NODE_IMAGE=node:22.23.3-bookworm-slim

# What runs, without development dependencies. No package needs its install script: all of them bring what they compiled.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Of no use in this image: binaries for other systems, processors and C libraries; the sources of what is compiled; the compiler, which comes
# along as an optional peer of a package.
RUN arch="$(node -p process.arch)" \
  && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 2 -maxdepth 2 -type d ! -path "*/linux/${arch}" -exec rm -rf {} + \
  && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 1 -maxdepth 1 -type d -empty -delete \
  && find node_modules/@photostructure/sqlite/prebuilds -mindepth 1 -maxdepth 1 -type d ! -name "linux-${arch}" -exec rm -rf {} + \
  && find node_modules \( -name '*.musl.node' -o -name '*.map' \) -type f -delete \
  && rm -rf node_modules/typescript node_modules/.bin node_modules/@photostructure/sqlite/src

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.mjs --force

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="MetaErr service" \
  org.opencontainers.image.description="Knows, per request and in production, when a model is about to be wrong." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 METAERR_MODEL_REPOSITORY=/models METAERR_DATA_DIR=/data
# Weights of a megabyte and more go back to the system when a version is released, instead of staying with the allocator of a thread.
ENV MALLOC_MMAP_THRESHOLD_=1048576
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
# The embedded mode writes to /data, and nothing else is written but /tmp. No VOLUME: a worker, which has no data, would get an empty one.
# A named volume that is mounted there takes this owner.
RUN mkdir /data /models && chown 1000:1000 /data
# By number: Kubernetes cannot tell that a name is not root. It is the base image's user "node".
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# Both processes close in order at SIGTERM, also as process 1. Forcing them with a second signal needs an init (docker run --init): Linux keeps
# process 1 from killing itself.
CMD ["node", "dist/src/server.js"]
