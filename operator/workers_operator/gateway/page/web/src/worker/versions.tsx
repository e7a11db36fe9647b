/** The newest versions, each with what became of it. */
import { useSignal } from "@preact/signals";
import { useAnswer } from "../api/answers";
import { words, workerPath } from "../api/client";
import type { Version } from "../api/types";
import { Ago } from "../ui/ago";
import { Scrolling } from "../ui/scrolling";
import { Confirmation, mayReturn, returnTo } from "./actions";
import type { Known } from "./loading";

const STATES: Record<string, string> = { RollingOut: "Rolling out", RolledBack: "Rolled back" };

export function VersionList({ known, onDone }: { known: Known; onDone: () => void }) {
  const { worker, permissions } = known;
  const asked = useSignal<string | null>(null);
  const former = permissions.patch && mayReturn(worker) ? worker.versions?.previous : undefined;
  const { value, problem } = useAnswer<{ versions: Version[] }>(
    workerPath(worker, "/versions"),
    worker.resourceVersion,
  );
  if (problem) return <p class="notice bad">{words(problem)}</p>;
  if (!value?.versions.length) return null;
  return (
    <Scrolling class="wide-table" label="Versions">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">State</th>
            <th scope="col">Requests</th>
            <th scope="col">Code</th>
            <th scope="col">By</th>
            <th scope="col">Begun</th>
          </tr>
        </thead>
        <tbody>
          {value.versions.map((version) => (
            <VersionRow
              key={version.hash}
              version={version}
              onReturn={
                version.hash === former
                  ? () => {
                      asked.value = version.hash;
                    }
                  : undefined
              }
            />
          ))}
        </tbody>
      </table>
      {asked.value !== null && (
        <Confirmation
          action={returnTo(asked.value)}
          known={known}
          onDone={onDone}
          onClose={() => {
            asked.value = null;
          }}
        />
      )}
    </Scrolling>
  );
}

/** `onReturn`: what returns to the version; undefined of one that cannot serve again. */
function VersionRow({ version, onReturn }: { version: Version; onReturn: (() => void) | undefined }) {
  return (
    <tr>
      <td>
        <code>{version.hash}</code>
      </td>
      <td>
        {STATES[version.state] ?? version.state}
        {version.message && <small class="message">{version.message}</small>}
        {onReturn && (
          <button type="button" class="plain" onClick={onReturn}>
            Return to it
          </button>
        )}
      </td>
      <td>{version.share} %</td>
      <td>{version.source}</td>
      <td>{version.by}</td>
      <td>
        <Ago time={version.created} />
      </td>
    </tr>
  );
}
