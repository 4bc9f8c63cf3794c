import { defaultOf, problemOf, type RuleField, type RuleSection, type RuleTexts } from './rule-fields.ts';

interface RuleSectionCardProps {
  section: RuleSection;
  texts: RuleTexts;
  /** As saved. */
  before: RuleTexts;
  editable: boolean;
  onText(key: string, text: string): void;
  onSwitch(key: string, on: boolean): void;
}

/** The settings of one rule. */
export function RuleSectionCard(props: RuleSectionCardProps) {
  const { section, texts, before, editable, onText, onSwitch } = props;
  const { name, title, lead, hasSwitch, switches, fields } = section;
  const enabledKey = `${name}.enabled`;
  const enabled = !hasSwitch || texts.switches[enabledKey] === true;
  return (
    <section className="settings-part rule-section" aria-label={title} data-enabled={enabled}>
      <header>
        <h2>{title}</h2>
        {hasSwitch && (
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              aria-checked={enabled}
              aria-label={`${title}: on`}
              checked={enabled}
              disabled={!editable}
              onChange={(event) => onSwitch(enabledKey, event.currentTarget.checked)}
              data-testid={`rule-${enabledKey}`}
            />
          </label>
        )}
        <p className="lead">{lead}</p>
      </header>
      {enabled && (
        <div className="thresholds">
          {fields.map((field) => (
            <Field
              key={field.name}
              section={section}
              field={field}
              text={texts.texts[`${name}.${field.name}`] ?? ''}
              before={before.texts[`${name}.${field.name}`] ?? ''}
              editable={editable}
              onText={onText}
            />
          ))}
          {switches.map((each) => {
            const key = `${name}.${each.name}`;
            return (
              <div className="threshold" key={key}>
                <label htmlFor={`rule-${key}`}>{each.label}</label>
                <span className="switch end">
                  <input
                    id={`rule-${key}`}
                    type="checkbox"
                    role="switch"
                    aria-checked={texts.switches[key] === true}
                    checked={texts.switches[key] === true}
                    disabled={!editable}
                    onChange={(event) => onSwitch(key, event.currentTarget.checked)}
                    data-testid={`rule-${key}`}
                  />
                </span>
                <small>{each.note}</small>
              </div>
            );
          })}
        </div>
      )}
    </section>
  );
}

interface FieldProps {
  section: RuleSection;
  field: RuleField;
  text: string;
  before: string;
  editable: boolean;
  onText(key: string, text: string): void;
}

function Field({ section, field, text, before, editable, onText }: FieldProps) {
  const key = `${section.name}.${field.name}`;
  const wrong = editable ? problemOf(field, text) : null;
  const usual = defaultOf(section.name, field);
  const isUsual = `${text} ${field.unit}`.trim() === usual;
  return (
    <div className="threshold" data-changed={text !== before}>
      <label htmlFor={`rule-${key}`}>{field.label}</label>
      {editable ? (
        <span className="with-unit">
          <input
            id={`rule-${key}`}
            inputMode="decimal"
            value={text}
            aria-describedby={`rule-${key}-note`}
            aria-invalid={wrong !== null}
            onChange={(event) => onText(key, event.currentTarget.value)}
            data-testid={`rule-${key}`}
          />
          <span>{field.unit}</span>
        </span>
      ) : (
        <output id={`rule-${key}`} className="with-unit">
          <strong>{text}</strong> <span>{field.unit}</span>
        </output>
      )}
      <small id={`rule-${key}-note`} className={wrong ? 'problem' : ''}>
        {wrong ?? field.note}{' '}
        {!wrong && <span className="usual">{isUsual ? 'Default.' : `Default: ${usual}.`}</span>}
      </small>
    </div>
  );
}
