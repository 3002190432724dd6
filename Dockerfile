# The program and nothing else. It is built outside, for each platform: make image, or goreleaser.
FROM scratch
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/notifysim /notifysim
COPY LICENSE NOTICE /
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/notifysim"]
