import { useCallback, useState } from 'react';
import type { RuleSettings } from '../api/rule-types.ts';
import { putRuleSettings, ruleSettings as readRuleSettings } from '../api/rules.ts';
import { withToken } from '../api/session.ts';
import type { Permissions } from '../console/permissions.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { RULE_SECTIONS, type RuleTexts, settingsOf, textsOf } from './rule-fields.ts';
import { RuleSectionCard } from './rule-section-card.tsx';
import { TimeZone } from './time-zone.tsx';
import { TryIt } from './try-it.tsx';

interface RuleSettingsTabProps {
  fleet: FleetStore;
  may: Permissions;
}

/** From when on the rules find something; what is changed can be tried before it is saved. */
export function RuleSettingsTab({ fleet, may }: RuleSettingsTabProps) {
  const { query, again, put } = useQuery(
    useCallback((token: string, signal: AbortSignal) => readRuleSettings(token, signal), []),
  );
  if (query.phase === 'reading') return <ReadingRows />;
  if (query.phase === 'failed') return <Failed why={query.why} onAgain={again} />;
  return (
    <RuleSettingsForm
      key={JSON.stringify(query.value)}
      saved={query.value}
      fleet={fleet}
      editable={may.administer}
      onSaved={(settings) => put(() => settings)}
    />
  );
}

interface RuleSettingsFormProps {
  saved: RuleSettings;
  fleet: FleetStore;
  editable: boolean;
  onSaved(settings: RuleSettings): void;
}

function RuleSettingsForm({ saved, fleet, editable, onSaved }: RuleSettingsFormProps) {
  const before = textsOf(saved);
  const [texts, setTexts] = useState<RuleTexts>(before);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const wanted = settingsOf(texts, saved);
  const changes = countChanges(before, texts);

  const save = async () => {
    if (!wanted) return;
    setBusy(true);
    setProblem(null);
    try {
      onSaved(await withToken((token) => putRuleSettings(token, wanted)));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <>
      <form
        className="rule-settings"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        data-testid="rule-settings"
      >
        <TimeZone
          value={texts.timeZone}
          editable={editable}
          onChange={(timeZone) => setTexts({ ...texts, timeZone })}
        />
        {RULE_SECTIONS.map((section) => (
          <RuleSectionCard
            key={section.name}
            section={section}
            texts={texts}
            before={before}
            editable={editable}
            onText={(key, text) => setTexts({ ...texts, texts: { ...texts.texts, [key]: text } })}
            onSwitch={(key, on) => setTexts({ ...texts, switches: { ...texts.switches, [key]: on } })}
          />
        ))}
        {editable && (
          <footer className="save-bar" data-dirty={changes > 0}>
            <output className="hint">
              {changes === 0
                ? 'Saved settings hold from one second later on; what happened before is judged by what held then.'
                : `${changes} ${changes === 1 ? 'change' : 'changes'}, not saved yet. They can be tried below first.`}
            </output>
            {problem && (
              <p className="problem" role="alert">
                {problem}
              </p>
            )}
            {changes > 0 && (
              <button type="button" className="button" onClick={() => setTexts(before)}>
                Undo
              </button>
            )}
            <button
              type="submit"
              className="button primary"
              disabled={busy || changes === 0 || !wanted}
              data-testid="rules-save"
            >
              Save
            </button>
          </footer>
        )}
      </form>
      <section className="settings-part" aria-label="Try it" data-testid="try-it">
        <header>
          <h2>Try it</h2>
          <p className="lead">
            Runs {changes === 0 ? 'these settings' : 'the changed settings'} over what a vehicle did. Nothing
            is saved, and nobody is told.
          </p>
        </header>
        <TryIt fleet={fleet} tried={wanted && { settings: wanted }} />
      </section>
    </>
  );
}

function countChanges(before: RuleTexts, { timeZone, texts, switches }: RuleTexts): number {
  const differing = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
    Object.keys(a).filter((key) => a[key] !== b[key]).length;
  return (
    differing(before.texts, texts) +
    differing(before.switches, switches) +
    (before.timeZone === timeZone ? 0 : 1)
  );
}
