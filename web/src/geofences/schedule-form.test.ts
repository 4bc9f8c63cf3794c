import { expect, test } from 'vitest';
import { scheduleDefaults, scheduleFieldsOf, scheduleOf, scheduleWords } from './schedule-form.ts';

/** A Friday. */
const TODAY = '2026-11-20';
const usual = scheduleDefaults('Africa/Kampala');

test('a geofence that is always active has no schedule', () => {
  expect(scheduleOf(usual, TODAY)).toEqual({ schedule: null });
  expect(scheduleWords(null)).toBe('Always');
});

test('a night begins in the evening and ends on the next day', () => {
  const night = { ...usual, mode: 'weekly' } as const;
  const made = scheduleOf(night, TODAY);
  expect(made).toEqual({
    schedule: {
      start: '2026-11-19T22:00:00',
      durationS: 7 * 3600,
      rrule: 'FREQ=DAILY',
      exdates: [],
      timeZone: 'Africa/Kampala',
    },
  });
  expect('schedule' in made && scheduleWords(made.schedule)).toBe('Daily 22:00–05:00');
});

test('the first occurrence is before today, so that a night that began yesterday counts at once', () => {
  const days = { ...usual, mode: 'weekly', days: ['MO', 'WE'], from: '08:00', to: '16:30' } as const;
  const made = scheduleOf(days, TODAY);
  expect(made).toMatchObject({
    schedule: { start: '2026-11-18T08:00:00', durationS: 30_600, rrule: 'FREQ=WEEKLY;BYDAY=MO,WE' },
  });
  const fridays = scheduleOf({ ...days, days: ['FR'] }, TODAY);
  expect(fridays).toMatchObject({ schedule: { start: '2026-11-13T08:00:00' } });
  expect('schedule' in made && scheduleWords(made.schedule)).toBe('Mon, Wed 08:00–16:30');
});

test('the same time twice is the whole day', () => {
  const whole = scheduleOf({ ...usual, mode: 'weekly', from: '06:00', to: '06:00' }, TODAY);
  expect(whole).toMatchObject({ schedule: { durationS: 86_400 } });
});

test('a schedule that the form made is read back as the form that made it', () => {
  const forms = [
    { ...usual, mode: 'weekly' },
    { ...usual, mode: 'weekly', days: ['SA', 'SU'], from: '00:00', to: '00:00' },
    { ...usual, mode: 'rule', start: '2026-11-02T07:00', hours: '9.5', rrule: 'FREQ=MONTHLY;BYDAY=1MO' },
  ] as const;
  for (const form of forms) {
    const made = scheduleOf(form, TODAY);
    if (!('schedule' in made)) throw new Error(made.problem);
    const { mode, timeZone } = form;
    expect(scheduleFieldsOf(made.schedule, 'UTC')).toMatchObject(
      mode === 'rule'
        ? { mode, timeZone, start: form.start, hours: form.hours, rrule: form.rrule }
        : { mode, timeZone, days: form.days, from: form.from, to: form.to },
    );
  }
});

test('what a week of equal days cannot say is shown as its rule, with its exceptions kept', () => {
  const schedule = {
    start: '2026-11-02T07:00:00',
    durationS: 3600,
    rrule: 'FREQ=DAILY',
    exdates: ['2026-12-25T07:00:00'],
    timeZone: 'Europe/Berlin',
  };
  const form = scheduleFieldsOf(schedule, 'UTC');
  expect(form.mode).toBe('rule');
  expect(scheduleOf(form, TODAY)).toEqual({ schedule });
});

test('what is missing is said', () => {
  expect(scheduleOf({ ...usual, mode: 'weekly', days: [] }, TODAY)).toEqual({
    problem: 'Choose at least one day.',
  });
  expect(scheduleOf({ ...usual, mode: 'weekly', from: '' }, TODAY)).toEqual({ problem: 'Enter both times.' });
  expect(scheduleOf({ ...usual, mode: 'rule' }, TODAY)).toEqual({ problem: 'Enter when it begins.' });
  const endless = { ...usual, mode: 'rule', start: '2026-11-02T07:00', hours: '9999' } as const;
  expect(scheduleOf(endless, TODAY)).toHaveProperty('problem');
});
