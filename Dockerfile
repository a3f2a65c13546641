# Bienvenue in a container. Build: docker build -t bienvenue .
# compose.yaml shows how it is run.

FROM node:24.21-slim AS build
WORKDIR /bienvenue
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
# The database drivers are for whoever asks for them, so npm does not count them among what the service needs. The image
# asks for them: they are declared needed, and all else that only development needs goes. Nothing is fetched anew, so
# what stays is what the lockfile names.
RUN for driver in @mikro-orm/postgresql @mikro-orm/mysql; do \
      version=$(node -p "require('./package.json').devDependencies['$driver'] ?? ''"); \
      [ -z "$version" ] || npm pkg set "dependencies.$driver=$version"; \
      npm pkg delete "devDependencies.$driver" "peerDependencies.$driver"; \
    done \
    && npm prune --omit=dev --no-audit --no-fund
# What V8 compiles is kept for the user whom the service runs as, who may read it there and not write.
RUN install --directory --owner=node .compile-cache \
    && setpriv --reuid=node --regid=node --clear-groups node scripts/compile-cache.mjs \
    && chown --recursive root:root .compile-cache \
    && chmod --recursive a+rX .compile-cache

FROM node:24.21-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATABASE_URL=sqlite:/data/bienvenue.sqlite
WORKDIR /bienvenue
COPY --from=build /bienvenue/package.json ./
COPY --from=build /bienvenue/node_modules node_modules
COPY --from=build /bienvenue/schema schema
COPY --from=build /bienvenue/dist dist
COPY --from=build /bienvenue/.compile-cache .compile-cache
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 4000
# Whether the process lives. /readyz is for the proxy: a database that is away is no reason to call the container ill.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD \
  ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/cli/bienvenue.js", "serve"]
