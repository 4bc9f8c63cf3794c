import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { DeviceTable } from './device-table.tsx';
import { Gateways } from './gateways.tsx';

const TABS = [
  { tab: 'devices', name: 'Devices' },
  { tab: 'gateways', name: 'Gateways' },
] as const;

interface TrackersPageProps {
  tab: 'devices' | 'gateways';
  may: Permissions;
}

export function TrackersPage({ tab, may }: TrackersPageProps) {
  return (
    <div className="page-inner" data-testid="trackers-page">
      <header className="page-head">
        <h1>Trackers</h1>
        <nav className="tabs" aria-label="Trackers">
          {TABS.map((each) => (
            <a
              key={each.tab}
              href={formatRoute({ page: 'trackers', tab: each.tab })}
              aria-current={tab === each.tab ? 'page' : undefined}
              data-testid={`tab-${each.tab}`}
            >
              {each.name}
            </a>
          ))}
        </nav>
      </header>
      {tab === 'devices' ? <DeviceTable /> : <Gateways may={may} />}
    </div>
  );
}
