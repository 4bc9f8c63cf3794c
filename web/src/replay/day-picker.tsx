import { Icon } from '../console/icons.tsx';
import { type Day, isDay, shifted } from './day.ts';

interface DayPickerProps {
  day: Day;
  today: Day;
  onDay(day: Day): void;
}

/** Which day: a step back or on, the two that are asked for most, or any date until today. */
export function DayPicker({ day, today, onDay }: DayPickerProps) {
  const yesterday = shifted(today, -1);
  return (
    <div className="day-picker">
      <fieldset className="segments" aria-label="Day">
        <button type="button" aria-pressed={day === yesterday} onClick={() => onDay(yesterday)}>
          Yesterday
        </button>
        <button type="button" aria-pressed={day === today} onClick={() => onDay(today)}>
          Today
        </button>
      </fieldset>
      <div className="day-date">
        <button
          type="button"
          className="icon-button"
          aria-label="The day before"
          onClick={() => onDay(shifted(day, -1))}
        >
          <Icon name="back" />
        </button>
        <input
          type="date"
          value={day}
          max={today}
          aria-label="Date"
          onChange={({ currentTarget: { value } }) => {
            if (isDay(value) && value <= today) onDay(value);
          }}
          data-testid="replay-day"
        />
        <button
          type="button"
          className="icon-button"
          aria-label="The day after"
          disabled={day >= today}
          onClick={() => onDay(shifted(day, 1))}
        >
          <Icon name="on" />
        </button>
      </div>
    </div>
  );
}
