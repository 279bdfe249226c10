# The operator's image: one static binary, certificates to trust, and a name for
# the user it runs as. No shell, no package manager, nothing to log in to.
#
# Built with BuildKit (docker, podman and buildah have it), because of the cache
# mounts and of TARGETOS and TARGETARCH:
#
#   make image
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=v1.0.0 .

ARG GO_VERSION=1.26

# The compiler runs on the machine that builds, and compiles for the one that runs.
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
# The image's own Go, never another one fetched while building.
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
COPY api/ api/
COPY controllers/ controllers/
COPY cmd/manager/ cmd/manager/
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/manager ./cmd/manager
# Without a passwd file, programs that ask who they are get an error for an answer.
RUN echo 'manager:x:65532:65532:manager:/:/sbin/nologin' > /out/passwd

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="Commissioning Support Operator" \
      org.opencontainers.image.description="Supplies consortia of GP practices with the support functions they commission" \
      org.opencontainers.image.source="https://github.com/commissioning-support/operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/passwd /etc/passwd
COPY --from=build /out/manager /manager
# By number: the kubelet's runAsNonRoot does not believe names. Nothing is written
# to the file system, so the pod can and does set readOnlyRootFilesystem.
USER 65532:65532
ENTRYPOINT ["/manager"]
