import { useId } from 'react';

const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');

/** The time zone in which days and nights are counted. */
interface TimeZoneProps {
  value: string;
  editable: boolean;
  onChange(timeZone: string): void;
}

export function TimeZone({ value, editable, onChange }: TimeZoneProps) {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <section className="settings-part" aria-label="Time zone">
      <div className="threshold">
        <label htmlFor="rules-time-zone">Time zone</label>
        {editable ? (
          <ZoneInput id="rules-time-zone" value={value} onChange={onChange} />
        ) : (
          <output id="rules-time-zone">
            <strong>{value}</strong>
          </output>
        )}
        <small>
          Of days, nights and reports.{' '}
          {editable && own !== value && (
            <button type="button" className="link" onClick={() => onChange(own)}>
              Use {own}
            </button>
          )}
        </small>
      </div>
    </section>
  );
}

interface ZoneInputProps {
  id?: string;
  value: string;
  onChange(timeZone: string): void;
}

/** An IANA name, with suggestions. */
export function ZoneInput({ id, value, onChange }: ZoneInputProps) {
  const listId = useId();
  return (
    <>
      <input
        id={id}
        className="text-input"
        aria-label="Time zone"
        list={listId}
        value={value}
        aria-invalid={!isZone(value)}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        data-testid="time-zone"
      />
      <datalist id={listId}>
        {['UTC', ...ZONES].map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** Whether this browser knows a time zone of that name. */
export function isZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
