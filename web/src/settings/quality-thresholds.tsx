import { useCallback, useState } from 'react';
import { withToken } from '../api/session.ts';
import { putThresholds, thresholds as readThresholds, resetThresholds } from '../api/settings.ts';
import type { ThresholdsOfKind, VehicleKind } from '../api/types.ts';
import { KindIcon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { KIND_NAMES } from '../console/words.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { problemOf, THRESHOLD_FIELDS, textsOf, thresholdsOf } from './threshold-fields.ts';

/** From when on a fix is doubtful, for each kind of vehicle. */
export function QualityThresholds({ may }: { may: Permissions }) {
  const { query, again, put } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => (await readThresholds(token, signal)).items,
      [],
    ),
  );
  const [kind, setKind] = useState<VehicleKind>('motorcycle');
  const changed = useCallback(
    (of: ThresholdsOfKind) => put((all) => all.map((other) => (other.kind === of.kind ? of : other))),
    [put],
  );
  const shown = query.value?.find((each) => each.kind === kind);
  return (
    <section className="settings-part" aria-label="When a fix is doubtful">
      <header>
        <h2>When a fix is doubtful</h2>
        <p className="lead">
          Doubtful fixes are stored and can be shown; they move no vehicle and start no trip. Fixes that come
          from now on are judged by what is set here.
        </p>
      </header>
      {query.phase === 'reading' && <ReadingRows rows={4} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.phase === 'read' && (
        <>
          <fieldset className="segments kinds" aria-label="Kind of vehicle">
            {query.value.map((each) => (
              <button
                key={each.kind}
                type="button"
                aria-pressed={each.kind === kind}
                onClick={() => setKind(each.kind)}
                data-testid={`kind-${each.kind}`}
              >
                <KindIcon kind={each.kind} /> {KIND_NAMES[each.kind]}
                {!each.isDefault && <i className="own" title="Set by you" />}
              </button>
            ))}
          </fieldset>
          {shown && (
            <ThresholdForm
              // Made anew for each kind and each change, so that the fields hold what is set.
              key={JSON.stringify(shown)}
              thresholds={shown}
              editable={may.administer}
              onChanged={changed}
            />
          )}
        </>
      )}
    </section>
  );
}

interface ThresholdFormProps {
  thresholds: ThresholdsOfKind;
  editable: boolean;
  onChanged(thresholds: ThresholdsOfKind): void;
}

function ThresholdForm({ thresholds, editable, onChanged }: ThresholdFormProps) {
  const { kind, isDefault } = thresholds;
  const saved = textsOf(thresholds);
  const [texts, setTexts] = useState(saved);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const wanted = thresholdsOf(texts);
  const dirty = THRESHOLD_FIELDS.some(({ name }) => texts[name] !== saved[name]);

  const save = async () => {
    if (!wanted) return;
    setBusy(true);
    setProblem(null);
    try {
      onChanged(await withToken((token) => putThresholds(token, kind, wanted)));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="thresholds"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      data-testid="thresholds"
      data-default={isDefault}
    >
      {THRESHOLD_FIELDS.map((field) => {
        const wrong = editable ? problemOf(field, texts[field.name]) : null;
        const noteId = `threshold-${field.name}`;
        return (
          <div key={field.name} className="threshold" data-changed={texts[field.name] !== saved[field.name]}>
            <label htmlFor={`${noteId}-value`}>{field.label}</label>
            {editable ? (
              <span className="with-unit">
                <input
                  id={`${noteId}-value`}
                  inputMode="decimal"
                  value={texts[field.name]}
                  aria-describedby={noteId}
                  aria-invalid={wrong !== null}
                  onChange={(event) => setTexts({ ...texts, [field.name]: event.currentTarget.value })}
                  data-testid={`threshold-${field.name}`}
                />
                <span>{field.unit}</span>
              </span>
            ) : (
              <output id={`${noteId}-value`} className="with-unit">
                <strong>{texts[field.name]}</strong> <span>{field.unit}</span>
              </output>
            )}
            <small id={noteId} className={wrong ? 'problem' : ''}>
              {wrong ?? field.note}
            </small>
          </div>
        );
      })}
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <footer className="form-foot">
        <span className="hint" data-testid="thresholds-origin">
          {isDefault ? 'These are the defaults.' : 'These were set by your company.'}
        </span>
        {editable && (
          <>
            {!isDefault && (
              <button
                type="button"
                className="button"
                onClick={() => setAsking(true)}
                data-testid="thresholds-reset"
              >
                Back to default
              </button>
            )}
            {dirty && (
              <button type="button" className="button" onClick={() => setTexts(saved)}>
                Undo
              </button>
            )}
            <button
              type="submit"
              className="button primary"
              disabled={busy || !dirty || !wanted}
              data-testid="thresholds-save"
            >
              Save
            </button>
          </>
        )}
      </footer>
      {asking && (
        <Confirm
          title={`Back to the defaults for a ${KIND_NAMES[kind].toLowerCase()}?`}
          action="Back to default"
          onConfirm={async () => onChanged(await withToken((token) => resetThresholds(token, kind)))}
          onClose={() => setAsking(false)}
        >
          <p>What is set now is forgotten. What is stored keeps the verdict that it has.</p>
        </Confirm>
      )}
    </form>
  );
}
