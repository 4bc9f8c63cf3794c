import { useCallback, useEffect, useRef, useState } from 'react';
import type { Geofence } from '../api/geofence-types.ts';
import { deleteGeofence, geofenceVersions } from '../api/geofences.ts';
import { withToken } from '../api/session.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { distance, span } from '../events/details.ts';
import { count } from '../format/units.ts';
import { fullTime } from '../replay/day.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { useQuery } from '../ui/use-query.ts';
import type { Who } from './fence-list.tsx';
import { scheduleWords } from './schedule-form.ts';
import { pointCount, sketchOf } from './sketch.ts';
import { versionWords } from './version-words.ts';
import { FENCE_KIND_NAMES, FENCE_KIND_NOTES, forWhom, SHAPE_NAMES } from './words.ts';

interface FenceDetailProps {
  id: string;
  /** Null: it does not hold any more. */
  fence: Geofence | null;
  who: Who;
  may: Permissions;
  onEdit(): void;
  onDeleted(): void;
}

/** A geofence as it is, and what it was before. */
export function FenceDetail({ id, fence, who, may, onEdit, onDeleted }: FenceDetailProps) {
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const versions = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => (await geofenceVersions(token, id, signal)).items,
      [id],
    ),
  );
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const shown = fence ?? versions.query.value?.[0] ?? null;
  return (
    <section className="fence-detail" aria-label="Geofence" data-testid="geofence-detail" data-geofence={id}>
      <header className="fences-head">
        <a
          className="icon-button"
          href={formatRoute({ page: 'geofences', tab: 'list', geofenceId: null })}
          aria-label="Back to the list"
        >
          <Icon name="back" />
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {shown?.name ?? 'Geofence'}
        </h1>
      </header>
      {!fence && shown && shown.validTo !== null && (
        <p className="notice">This geofence does not hold any more. Its versions explain events of before.</p>
      )}
      {shown && <Facts fence={shown} who={who} />}
      {fence && may.write && (
        <div className="fence-actions">
          <button type="button" className="button primary" onClick={onEdit} data-testid="geofence-edit">
            <Icon name="edit" /> Change
          </button>
          <button
            type="button"
            className="button grave"
            onClick={() => setAsking(true)}
            data-testid="geofence-delete"
          >
            <Icon name="trash" /> Delete
          </button>
        </div>
      )}
      <section className="versions" aria-label="Versions">
        <h2>Versions</h2>
        {versions.query.phase === 'reading' && <ReadingRows rows={2} />}
        {versions.query.phase === 'failed' && <Failed why={versions.query.why} onAgain={versions.again} />}
        <ol>
          {versions.query.value?.map((version, at, all) => (
            <li key={version.version} data-testid="geofence-version">
              <strong>Version {version.version}</strong>
              <span>{versionWords(version, all[at + 1] ?? null)}</span>
              <small>
                {fullTime(Date.parse(version.validFrom))} –{' '}
                {version.validTo === null ? 'now' : fullTime(Date.parse(version.validTo))}
              </small>
            </li>
          ))}
        </ol>
      </section>
      {asking && fence && (
        <Confirm
          title={`Delete ${fence.name}?`}
          action="Delete"
          grave
          onConfirm={async () => {
            await withToken((token) => deleteGeofence(token, id));
            onDeleted();
          }}
          onClose={() => setAsking(false)}
        >
          <p>
            It holds for no fix from a second from now on. Fixes of before, also such as come late, are judged
            by it as ever.
          </p>
        </Confirm>
      )}
    </section>
  );
}

function Facts({ fence, who }: { fence: Geofence; who: Who }) {
  const { kind, shape, speedLimitKmh, dwellS, schedule } = fence;
  return (
    <dl className="facts">
      <div className="wide">
        <dt>Kind</dt>
        <dd>
          <i className={`fence-mark ${kind}`} aria-hidden="true" /> {FENCE_KIND_NAMES[kind]}
          <span className="unknown"> {FENCE_KIND_NOTES[kind]}</span>
        </dd>
      </div>
      <div>
        <dt>Holds for</dt>
        <dd>{forWhom(fence, who.groups, who.vehicles)}</dd>
      </div>
      <div>
        <dt>Active</dt>
        <dd>
          {scheduleWords(schedule)}
          {schedule && <span className="unknown"> {schedule.timeZone}</span>}
        </dd>
      </div>
      <div>
        <dt>Speed limit</dt>
        <dd>{speedLimitKmh === null ? <span className="unknown">None</span> : `${speedLimitKmh} km/h`}</dd>
      </div>
      <div>
        <dt>Longest stay</dt>
        <dd>{dwellS === null ? <span className="unknown">Any</span> : span(dwellS)}</dd>
      </div>
      <div className="wide">
        <dt>Shape</dt>
        <dd>
          {SHAPE_NAMES[shape.type]}
          {shape.type === 'Circle' && `, ${distance(shape.radiusM)} around its middle`}
          {shape.type === 'Corridor' && `, ${distance(shape.widthM)} wide`}
          {shape.type !== 'Circle' && `, ${count(pointCount(sketchOf(shape)))} points`}
        </dd>
      </div>
    </dl>
  );
}
