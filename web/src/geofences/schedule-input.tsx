import { ZoneInput } from '../rules/time-zone.tsx';
import { type ScheduleFields, WEEKDAY_NAMES, WEEKDAYS } from './schedule-form.ts';

const MODES = [
  ['always', 'Always'],
  ['weekly', 'At times'],
  ['rule', 'By a rule'],
] as const;

interface ScheduleInputProps {
  value: ScheduleFields;
  onChange(value: ScheduleFields): void;
}

/** When a geofence is active: always, from one time to another on some days, or by RFC 5545. */
export function ScheduleInput({ value, onChange }: ScheduleInputProps) {
  const { mode, days, from, to } = value;
  const set = (part: Partial<ScheduleFields>) => onChange({ ...value, ...part });
  return (
    <div className="schedule">
      <fieldset className="segments stretched" aria-label="Active">
        {MODES.map(([each, name]) => (
          <button
            key={each}
            type="button"
            aria-pressed={mode === each}
            onClick={() => set({ mode: each })}
            data-testid={`schedule-${each}`}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {mode === 'weekly' && (
        <>
          <fieldset className="weekdays" aria-label="Days">
            {WEEKDAYS.map((day) => (
              <button
                key={day}
                type="button"
                aria-pressed={days.includes(day)}
                onClick={() =>
                  set({
                    days: WEEKDAYS.filter((each) =>
                      each === day ? !days.includes(day) : days.includes(each),
                    ),
                  })
                }
              >
                {WEEKDAY_NAMES[day]}
              </button>
            ))}
          </fieldset>
          <span className="from-to">
            <input
              type="time"
              value={from}
              aria-label="From"
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
            <span>to</span>
            <input
              type="time"
              value={to}
              aria-label="To"
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
            {to <= from && <small>on the next day</small>}
          </span>
        </>
      )}
      {mode === 'rule' && (
        <>
          <span className="from-to">
            <input
              type="datetime-local"
              value={value.start}
              aria-label="First time"
              onChange={(event) => set({ start: event.currentTarget.value })}
            />
            <span className="with-unit">
              <input
                inputMode="decimal"
                value={value.hours}
                aria-label="Lasts, hours"
                onChange={(event) => set({ hours: event.currentTarget.value })}
              />
              <span>h</span>
            </span>
          </span>
          <input
            className="text-input code"
            value={value.rrule}
            maxLength={500}
            placeholder="Once"
            aria-label="Recurrence, an RRULE of RFC 5545"
            spellCheck={false}
            onChange={(event) => set({ rrule: event.currentTarget.value })}
          />
          <small>
            RRULE of RFC 5545, such as <code>FREQ=MONTHLY;BYDAY=1MO</code>.
            {value.exdates.length > 0 && ` ${value.exdates.length} exceptions are kept.`}
          </small>
        </>
      )}
      {mode !== 'always' && <ZoneInput value={value.timeZone} onChange={(timeZone) => set({ timeZone })} />}
    </div>
  );
}
