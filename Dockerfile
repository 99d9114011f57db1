# glibc: onnxruntime-node has no musl build.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.mjs --force && npm prune --omit=dev --no-audit --no-fund \
  # Other platforms' binaries of onnxruntime are of no use in this image.
  && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 1 -maxdepth 1 -type d ! -name linux -exec rm -rf {} +

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 METAERR_MODEL_REPOSITORY=/models METAERR_DATA_DIR=/data
# Weights of a megabyte and more go back to the system when a version is released, instead of staying with the allocator of a thread.
ENV MALLOC_MMAP_THRESHOLD_=1048576
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
RUN mkdir /data /models && chown node:node /data /models
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||8080)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "dist/src/server.js"]
