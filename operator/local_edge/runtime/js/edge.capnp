# The workerd processes of the local edge. The command line sets the addresses (--socket-addr,
# --external-addr): unix sockets in a private folder, which uploaded scripts cannot reach, because the
# network service below cannot connect to unix sockets.

using Workerd = import "/workerd/workerd.capnp";

# Runs uploaded code: every version of a script is a dynamic worker of the host.
const host :Workerd.Config = (
  # Young generations are small: handing parts of them to other threads takes longer than collecting them.
  v8Flags = ["--max-old-space-size=192", "--no-parallel-scavenge"],
  services = [
    (name = "host", worker = (
      modules = [
        (name = "host.js", esModule = embed "host.js"),
        (name = "table.js", esModule = embed "table.js"),
        (name = "shares.js", esModule = embed "shares.js"),
        (name = "recording.js", esModule = embed "recording.js"),
        (name = "running.js", esModule = embed "running.js"),
        (name = "loading.js", esModule = embed "loading.js"),
        (name = "cache.js", esModule = embed "cache.js"),
        (name = "copies.js", esModule = embed "copies.js"),
        (name = "isolates.js", esModule = embed "isolates.js"),
        (name = "http_cache.js", esModule = embed "http_cache.js"),
        (name = "outbound.js", esModule = embed "outbound.js"),
        (name = "pages.js", esModule = embed "pages.js"),
        (name = "visits.js", esModule = embed "visits.js"),
        (name = "routes.js", esModule = embed "routes.js"),
        (name = "points.js", esModule = embed "points.js"),
        (name = "shim/environment.txt", text = embed "shim/environment.js"),
        (name = "shim/copies.txt", text = embed "shim/copies.js"),
        (name = "shim/kv.txt", text = embed "shim/kv.js"),
        (name = "shim/r2.txt", text = embed "shim/r2.js"),
        (name = "shim/analytics.txt", text = embed "shim/analytics.js"),
        (name = "shim/dispatch.txt", text = embed "shim/dispatch.js"),
        (name = "shim/cache.txt", text = embed "shim/cache.js"),
        (name = "shim/service_worker.txt", text = embed "shim/service_worker.js")
      ],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [
        (name = "LOADER", workerLoader = ()),
        (name = "CONTROL", service = "control"),
        (name = "ORIGIN", service = "origin"),
        (name = "NETWORK", service = "internet")
      ],
      globalOutbound = "internet"
    )),
    (name = "control", external = (http = ())),
    (name = "origin", external = (http = (forwardedProtoHeader = "X-Forwarded-Proto"))),
    (name = "internet", network = (
      allow = ["public", "private", "local"],
      tlsOptions = (trustBrowserCas = true)
    ))
  ],
  sockets = [
    # Private headers, which workerd removes, carry request.cf and the scheme of the URL.
    (name = "http", http = (cfBlobHeader = "x-edge-cf", forwardedProtoHeader = "x-edge-proto"),
      service = "host"),
    (name = "orders", http = (), service = (name = "host", entrypoint = "Orders"))
  ]
);
