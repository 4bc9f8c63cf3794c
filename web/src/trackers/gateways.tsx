import { useCallback, useState } from 'react';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { gatewayPage, revokeGateway, rotateGatewaySecret } from '../api/trackers.ts';
import type { Gateway } from '../api/types.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { count } from '../format/units.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { useQuery } from '../ui/use-query.ts';
import { GatewayDevices } from './gateway-devices.tsx';
import { NewGateway } from './new-gateway.tsx';
import { SecretShown } from './secret-shown.tsx';

/** An operator has a handful of gateways. */
const MAX_PAGES = 3;

type Open =
  | { what: 'new' }
  | { what: 'devices' | 'rotate' | 'revoke'; gateway: Gateway }
  | { what: 'secret'; ident: string; secret: string };

export function Gateways({ may }: { may: Permissions }) {
  const { query, again, put } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) =>
        (await readPages((cursor) => gatewayPage(token, cursor, signal), MAX_PAGES)).items,
      [],
    ),
  );
  const [open, setOpen] = useState<Open | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const changed = useCallback(
    (gateway: Gateway) =>
      put((all) =>
        all.some(({ id }) => id === gateway.id)
          ? all.map((other) => (other.id === gateway.id ? gateway : other))
          : [...all, gateway],
      ),
    [put],
  );

  return (
    <>
      <div className="toolbar">
        <p className="lead">
          A gateway is a server that speaks for many trackers, such as Traccar or flespi. It may only bring
          messages of the devices that you allow it.
        </p>
        {may.write && (
          <button
            type="button"
            className="button primary"
            onClick={() => setOpen({ what: 'new' })}
            data-testid="gateway-new"
          >
            <Icon name="plus" /> New gateway
          </button>
        )}
      </div>
      {query.phase === 'reading' && <ReadingRows rows={3} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.phase === 'read' && query.value.length === 0 && (
        <Nothing title="No gateways">
          <p>Trackers that log in by themselves need none.</p>
        </Nothing>
      )}
      {query.phase === 'read' && query.value.length > 0 && (
        <ul className="cards">
          {query.value.map((gateway) => (
            <GatewayCard
              key={gateway.id}
              gateway={gateway}
              may={may}
              onOpen={(what) => setOpen({ what, gateway })}
            />
          ))}
        </ul>
      )}
      {open?.what === 'new' && (
        <NewGateway
          onClose={close}
          onMade={({ gateway, secret }) => {
            changed(gateway);
            setOpen({ what: 'secret', ident: gateway.ident, secret });
          }}
        />
      )}
      {open?.what === 'secret' && <SecretShown ident={open.ident} secret={open.secret} onClose={close} />}
      {open?.what === 'devices' && (
        <GatewayDevices gateway={open.gateway} may={may} onChanged={changed} onClose={close} />
      )}
      {open?.what === 'rotate' && (
        <Confirm
          title={`A new secret for ${open.gateway.ident}?`}
          action="Make a new secret"
          // The secret takes the place of this dialog.
          onConfirm={async () => {
            const { id, ident } = open.gateway;
            const { secret } = await withToken((token) => rotateGatewaySecret(token, id));
            setOpen({ what: 'secret', ident, secret });
          }}
          onClose={() => setOpen((now) => (now?.what === 'rotate' ? null : now))}
        >
          <p>
            The old secret is refused at once, and the gateway’s connection is dropped. Until it is given the
            new one, nothing of its trackers arrives.
          </p>
        </Confirm>
      )}
      {open?.what === 'revoke' && (
        <Confirm
          title={`Revoke ${open.gateway.ident}?`}
          action="Revoke for good"
          grave
          onConfirm={async () => {
            const { id } = open.gateway;
            changed(await withToken((token) => revokeGateway(token, id)));
          }}
          onClose={close}
        >
          <p>The gateway is locked out for good and its connection is dropped. This cannot be undone.</p>
        </Confirm>
      )}
    </>
  );
}

interface GatewayCardProps {
  gateway: Gateway;
  may: Permissions;
  onOpen(what: 'devices' | 'rotate' | 'revoke'): void;
}

function GatewayCard({ gateway, may, onOpen }: GatewayCardProps) {
  const { ident, model, status, speaksFor, listedDevices } = gateway;
  const active = status === 'active';
  return (
    <li className="card" data-testid="gateway" data-gateway={ident} data-status={status}>
      <div className="card-what">
        <h2 className="ident">{ident}</h2>
        <p>
          {model ?? 'Model not known'} · {active ? 'speaks for' : 'spoke for'}{' '}
          {speaksFor === 'all' ? (
            <strong>all devices</strong>
          ) : (
            <strong>
              {count(listedDevices)} listed {listedDevices === 1 ? 'device' : 'devices'}
            </strong>
          )}
        </p>
      </div>
      <span className={`badge ${active ? 'reporting' : 'revoked'}`}>{active ? 'Active' : 'Revoked'}</span>
      <div className="card-actions">
        <button
          type="button"
          className="button small"
          onClick={() => onOpen('devices')}
          data-testid="gateway-devices"
        >
          {active && may.write ? 'Edit devices' : 'Devices'}
        </button>
        {active && may.write && (
          <>
            <button
              type="button"
              className="button small"
              onClick={() => onOpen('rotate')}
              data-testid="gateway-rotate"
            >
              New secret
            </button>
            <button
              type="button"
              className="button small grave"
              onClick={() => onOpen('revoke')}
              data-testid="gateway-revoke"
            >
              Revoke
            </button>
          </>
        )}
      </div>
    </li>
  );
}
