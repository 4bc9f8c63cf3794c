import { type ReactNode, useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import type { Geofence } from '../api/geofence-types.ts';
import { useLatest } from '../console/hooks.ts';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import type { FleetStore } from '../live/fleet-store.ts';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { useVehicles } from '../ui/vehicle-input.tsx';
import { begun, type Drawing, type DrawingAction, loaded, nextDrawing } from './drawing.ts';
import { FenceDetail } from './fence-detail.tsx';
import { FenceEditor } from './fence-editor.tsx';
import { FenceList } from './fence-list.tsx';
import type { Refusal } from './geofence-form.ts';
import { GeofenceMap } from './geofence-map.tsx';
import type { Sketch } from './sketch.ts';
import { useGeofences } from './use-geofences.ts';
import { useGroups } from './use-groups.ts';

interface GeofenceWorkplaceProps {
  openId: string | null;
  tabs: ReactNode;
  fleet: FleetStore;
  may: Permissions;
}

const NO_FENCES: readonly Geofence[] = [];
const NO_GROUPS: readonly never[] = [];
const goTo = (geofenceId: string | null) => {
  location.hash = formatRoute({ page: 'geofences', tab: 'list', geofenceId });
};

/** The list of geofences or one of them beside the map on which they are drawn. */
export function GeofenceWorkplace({ openId, tabs, fleet, may }: GeofenceWorkplaceProps) {
  const geofences = useGeofences();
  const groups = useGroups().query.value ?? NO_GROUPS;
  const vehicles = useVehicles(fleet);
  const [work, act] = useReducer(actOn, IDLE);
  // Another geofence is another thing to do.
  const drawing = work.of === openId ? work.drawing : null;
  const [kind, setKind] = useState<Geofence['kind']>('territory');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const fences = geofences.query.value?.items ?? NO_FENCES;
  const open = openId === null ? undefined : fences.find(({ id }) => id === openId);
  // Read once: a map without geofences begins where the fleet is.
  const [places] = useState(() => fleet.view().ordered.flatMap(({ position }) => position ?? []));
  const latest = useLatest({ drawing });

  const draw = useCallback((action: DrawingAction) => act({ of: openId, action }), [openId]);
  const stop = useCallback(() => {
    act({ of: null, action: null });
    setRefusal(null);
  }, []);
  const begin = useCallback((type: Sketch['type']) => {
    setRefusal(null);
    act({ of: null, action: { do: 'begin', type } });
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { drawing: current } = latest.current;
      if (
        event.target instanceof HTMLElement &&
        event.target.closest('input, select, textarea, dialog, a, summary')
      )
        return;
      if (!current) {
        if (event.key === 'Escape') goTo(null);
        return;
      }
      if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) draw({ do: 'finish' });
      else if (event.key === 'Backspace' && current.adding) draw({ do: 'back' });
      else if (event.key === 'Escape' && current.adding) draw({ do: 'finish' });
      else if ((event.key === 'Delete' || event.key === 'Backspace') && current.picked) {
        draw({ do: 'remove', point: current.picked });
      } else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [draw, latest]);

  const saved = (fence: Geofence) => {
    geofences.put((list) => ({
      ...list,
      items: [...list.items.filter(({ id }) => id !== fence.id), fence],
    }));
    stop();
    goTo(fence.id);
  };
  const { query } = geofences;
  const who = useMemo(() => ({ groups, vehicles }), [groups, vehicles]);
  return (
    <div className="fences" data-testid="geofences-page">
      <aside className="fences-side" aria-label="Geofences">
        {drawing ? (
          <FenceEditor
            key={open?.id ?? 'new'}
            fence={open ?? null}
            drawing={drawing}
            fleet={fleet}
            groups={groups}
            refusal={refusal}
            onAct={draw}
            onKind={setKind}
            onRefused={setRefusal}
            onSaved={saved}
            onCancel={stop}
          />
        ) : openId !== null && query.phase === 'read' ? (
          <FenceDetail
            key={openId}
            id={openId}
            fence={open ?? null}
            who={who}
            may={may}
            onEdit={() => {
              if (!open) return;
              setKind(open.kind);
              setRefusal(null);
              draw({ do: 'load', shape: open.shape });
            }}
            onDeleted={() => {
              geofences.put((list) => ({ ...list, items: list.items.filter(({ id }) => id !== openId) }));
              goTo(null);
            }}
          />
        ) : (
          <>
            <header className="fences-head">
              <h1>Geofences</h1>
              {tabs}
            </header>
            {query.phase === 'reading' && <ReadingRows />}
            {query.phase === 'failed' && <Failed why={query.why} onAgain={geofences.again} />}
            {query.phase === 'read' && (
              <FenceList
                list={query.value}
                who={who}
                may={may}
                onBegin={begin}
                onImported={geofences.again}
              />
            )}
          </>
        )}
      </aside>
      <div className="fences-map">
        <GeofenceMap
          fences={fences}
          pickedId={openId}
          drawing={drawing}
          kind={kind}
          fault={drawing && refusal ? refusal.place : null}
          places={places}
          onAct={draw}
          onPick={goTo}
        />
      </div>
    </div>
  );
}

/** What is drawn, and of which geofence; null for a new one. */
interface Work {
  of: string | null;
  drawing: Drawing | null;
}

const IDLE: Work = { of: null, drawing: null };

/** `action` null puts the tools away. */
function actOn(
  { of: before, drawing }: Work,
  { of, action }: { of: string | null; action: DrawingAction | null },
): Work {
  if (!action) return IDLE;
  if (action.do === 'begin') return { of, drawing: begun(action.type) };
  if (action.do === 'load') return { of, drawing: loaded(action.shape) };
  return before === of && drawing ? { of, drawing: nextDrawing(drawing, action) } : { of: before, drawing };
}
