import type { Permissions } from '../console/permissions.ts';
import { formatRoute, type SettingsTab } from '../console/route.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { HandlingTab } from '../rules/handling-tab.tsx';
import { RuleSettingsTab } from '../rules/rule-settings-tab.tsx';
import { SpeedLimitsTab } from '../rules/speed-limits-tab.tsx';
import { QualityThresholds } from './quality-thresholds.tsx';
import { RetentionSettings } from './retention-settings.tsx';

const TABS: readonly { tab: SettingsTab; name: string }[] = [
  { tab: 'positions', name: 'Positions' },
  { tab: 'rules', name: 'Rules' },
  { tab: 'limits', name: 'Speed limits' },
  { tab: 'events', name: 'Severity' },
];

interface SettingsPageProps {
  tab: SettingsTab;
  fleet: FleetStore;
  may: Permissions;
}

export function SettingsPage({ tab, fleet, may }: SettingsPageProps) {
  return (
    <div className="page-inner" data-testid="settings-page">
      <header className="page-head">
        <h1>Settings</h1>
        <nav className="tabs" aria-label="Settings">
          {TABS.map((each) => (
            <a
              key={each.tab}
              href={formatRoute({ page: 'settings', tab: each.tab })}
              aria-current={tab === each.tab ? 'page' : undefined}
              data-testid={`tab-${each.tab}`}
            >
              {each.name}
            </a>
          ))}
        </nav>
        {!may.administer && <p className="lead">Administrators can change these.</p>}
      </header>
      {tab === 'positions' && (
        <>
          <QualityThresholds may={may} />
          <RetentionSettings may={may} />
        </>
      )}
      {tab === 'rules' && <RuleSettingsTab fleet={fleet} may={may} />}
      {tab === 'limits' && <SpeedLimitsTab fleet={fleet} may={may} />}
      {tab === 'events' && <HandlingTab may={may} />}
    </div>
  );
}
