/** The frame: who is signed in, where they are, and whether what they see is current. */
import { effect } from "@preact/signals";
import { Component, type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { signOut, token } from "./api/session";
import { FleetPage } from "./fleet/page";
import { clear, connection, keepCurrent, trouble } from "./fleet/store";
import { Login } from "./login";
import { PlatformsPage } from "./platforms/page";
import { listAddress, place } from "./router";
import { Badge } from "./ui/badge";
import { WorkerPage } from "./worker/page";

effect(() => {
  if (!token.value) return;
  const ending = new AbortController();
  void keepCurrent(ending.signal);
  return () => {
    ending.abort();
    clear();
  };
});

export function App() {
  return token.value ? <SignedIn /> : <Login />;
}

function SignedIn() {
  const { parts } = place.value;
  const path = parts.join("/");
  const shown = useRef(path);
  useEffect(() => {
    document.title = parts[1] ? `${parts[1]} – Code24 Workers` : "Code24 Workers";
    // Whoever follows a link by keyboard goes on from the beginning of what it leads to.
    if (shown.current !== path) document.querySelector<HTMLElement>("main")?.focus();
    shown.current = path;
  }, [path]);
  return (
    <>
      <Header at={parts[0] ?? ""} />
      <Trouble />
      <Guarded key={path}>
        <Page parts={parts} />
      </Guarded>
      <footer>
        <a href="/api/docs">API</a> <a href="/assets/licenses.txt">Licenses</a>
      </footer>
    </>
  );
}

function Page({ parts }: { parts: string[] }) {
  const query = place.value.query;
  if (parts.length === 0) return <FleetPage />;
  if (parts[0] === "platforms" && parts.length === 1) return <PlatformsPage />;
  if (parts[0] === "workers" && parts[1] && parts.length === 2) {
    const [namespace, platform] = [query.get("namespace") ?? "", query.get("platform") ?? ""];
    return (
      <WorkerPage key={`${parts[1]} ${namespace} ${platform}`} id={{ script_name: parts[1], namespace, platform }} />
    );
  }
  return (
    <main>
      <p class="empty">
        There is nothing here. <a href="#/">To the workers</a>
      </p>
    </main>
  );
}

function Header({ at }: { at: string }) {
  return (
    <header class="top">
      <a class="brand" href="#/">
        Code24 Workers
      </a>
      <nav aria-label="Main">
        <a href={listAddress.value} aria-current={at === "" || at === "workers" ? "page" : undefined}>
          Workers
        </a>
        <a href="#/platforms" aria-current={at === "platforms" ? "page" : undefined}>
          Platforms
        </a>
      </nav>
      <Connection />
      <button type="button" class="plain" onClick={() => signOut()}>
        Sign out
      </button>
    </header>
  );
}

const CONNECTIONS = {
  connecting: ["quiet", "Connecting"],
  live: ["good", "Live"],
  stale: ["warn", "Stale"],
  lost: ["bad", "Disconnected"],
} as const;

function Connection() {
  const [tone, word] = CONNECTIONS[connection.value];
  return (
    <span class="connection" role="status">
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

function Trouble() {
  if (connection.value === "stale") {
    return <p class="notice warn wide">The gateway cannot watch the cluster: there may be newer states.</p>;
  }
  if (!trouble.value) return null;
  return <p class="notice bad wide">What you see may be old: {trouble.value}. Trying again…</p>;
}

/** Keeps the frame when a page breaks, and says so. */
class Guarded extends Component<{ children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const error = this.state.error;
    if (!error) return this.props.children;
    return (
      <main>
        <p class="notice bad" role="alert">
          The page cannot show this: {error.message}
        </p>
      </main>
    );
  }
}
