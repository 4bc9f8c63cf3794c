import type { Permissions } from '../console/permissions.ts';
import { QualityThresholds } from './quality-thresholds.tsx';
import { RetentionSettings } from './retention-settings.tsx';

export function SettingsPage({ may }: { may: Permissions }) {
  return (
    <div className="page-inner" data-testid="settings-page">
      <header className="page-head">
        <h1>Settings</h1>
        {!may.administer && <p className="lead">Administrators can change these.</p>}
      </header>
      <QualityThresholds may={may} />
      <RetentionSettings may={may} />
    </div>
  );
}
