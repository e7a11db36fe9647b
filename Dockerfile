# The operator's image: the locked dependencies with hashes, then the package; nothing runs as root.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY operator operator
RUN python -m venv /opt/operator \
 && /opt/operator/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/operator/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
COPY --from=build /opt/operator /opt/operator
USER 10001
ENV PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
ENTRYPOINT ["/opt/operator/bin/workers-operator"]
CMD ["run"]
