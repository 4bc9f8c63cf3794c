import { useCallback, useState } from 'react';
import { withToken } from '../api/session.ts';
import { putRetention, retention as readRetention } from '../api/settings.ts';
import type { Retention, RetentionSetting } from '../api/types.ts';
import type { Permissions } from '../console/permissions.ts';
import { count } from '../format/units.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';

/** The longest that the API takes, days; some eleven years. */
const MAX_DAYS = 4_000;
/** The fewest after which the API has positions compressed. */
const MIN_COMPRESS_DAYS = 3;

/** How long positions are kept. */
export function RetentionSettings({ may }: { may: Permissions }) {
  const { query, again, put } = useQuery(
    useCallback((token: string, signal: AbortSignal) => readRetention(token, signal), []),
  );
  return (
    <section className="settings-part" aria-label="How long positions are kept">
      <header>
        <h2>How long positions are kept</h2>
        <p className="lead">The latest position of each vehicle stays, however old it is.</p>
      </header>
      {query.phase === 'reading' && <ReadingRows rows={2} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.phase === 'read' && (
        <RetentionForm
          key={JSON.stringify(query.value)}
          retention={query.value}
          editable={may.administer}
          onChanged={(changed) => put(() => changed)}
        />
      )}
    </section>
  );
}

const daysOf = (text: string, least: number): number | null => {
  const days = Number(text);
  return text.trim() !== '' && Number.isInteger(days) && days >= least && days <= MAX_DAYS ? days : null;
};

interface RetentionFormProps {
  retention: Retention;
  editable: boolean;
  onChanged(retention: Retention): void;
}

function RetentionForm({ retention, editable, onChanged }: RetentionFormProps) {
  const [keep, setKeep] = useState(String(retention.keepDays));
  const [compress, setCompress] = useState(String(retention.compressAfterDays));
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState<RetentionSetting | null>(null);
  const keepDays = daysOf(keep, 1);
  const compressAfterDays = daysOf(compress, MIN_COMPRESS_DAYS);
  const dirty = keepDays !== retention.keepDays || compressAfterDays !== retention.compressAfterDays;

  const put = async (setting: RetentionSetting) =>
    onChanged(await withToken((token) => putRetention(token, setting)));
  const save = async () => {
    if (keepDays === null || compressAfterDays === null) return;
    const setting = { keepDays, compressAfterDays };
    // What is deleted cannot be brought back.
    if (keepDays < retention.keepDays) return setAsking(setting);
    setProblem(null);
    await put(setting).catch((error: unknown) => setProblem(explain(error)));
  };
  return (
    <form
      className="thresholds"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      data-testid="retention"
    >
      <Days
        id="keep-days"
        label="Kept for"
        note="By the time of the fix; older positions are deleted for good within hours."
        value={keep}
        least={1}
        wrong={keepDays === null}
        editable={editable}
        onChange={setKeep}
      />
      <Days
        id="compress-days"
        label="Compressed after"
        note="Where the database can: the fewest days that any operator on this server wants."
        value={compress}
        least={MIN_COMPRESS_DAYS}
        wrong={compressAfterDays === null}
        editable={editable}
        onChange={setCompress}
      />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <footer className="form-foot">
        <span className="hint">
          {retention.updatedAt === null ? 'These are the defaults.' : 'These were set by your company.'}
        </span>
        {editable && (
          <button
            type="submit"
            className="button primary"
            disabled={!dirty || keepDays === null || compressAfterDays === null}
            data-testid="retention-save"
          >
            Save
          </button>
        )}
      </footer>
      {asking && (
        <Confirm
          title={`Keep positions for ${count(asking.keepDays)} days only?`}
          action="Delete what is older"
          grave
          onConfirm={() => put(asking)}
          onClose={() => setAsking(null)}
        >
          <p>
            Positions that are older than {count(asking.keepDays)} days are deleted for good within hours:
            tracks, mileage and exports of that time are gone. This cannot be undone.
          </p>
        </Confirm>
      )}
    </form>
  );
}

interface DaysProps {
  id: string;
  label: string;
  note: string;
  value: string;
  least: number;
  wrong: boolean;
  editable: boolean;
  onChange(value: string): void;
}

function Days({ id, label, note, value, least, wrong, editable, onChange }: DaysProps) {
  return (
    <div className="threshold">
      <label htmlFor={id}>{label}</label>
      {editable ? (
        <span className="with-unit">
          <input
            id={id}
            inputMode="numeric"
            value={value}
            aria-describedby={`${id}-note`}
            aria-invalid={wrong}
            onChange={(event) => onChange(event.currentTarget.value)}
            data-testid={id}
          />
          <span>days</span>
        </span>
      ) : (
        <output id={id} className="with-unit">
          <strong>{value}</strong> <span>days</span>
        </output>
      )}
      <small id={`${id}-note`} className={wrong ? 'problem' : ''}>
        {wrong ? `A whole number of days, ${least} to ${count(MAX_DAYS)}.` : note}
      </small>
    </div>
  );
}
