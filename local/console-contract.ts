import type { Refreshed, Role, UserView } from '@wayleave/leasing/identity/user.ts';
import type { DeviceView } from '@wayleave/telematics/devices/device.ts';
import type { GatewayView, ListedDeviceView, NewGateway } from '@wayleave/telematics/devices/gateway.ts';
import type { LiveVehicle } from '@wayleave/telematics/live/live-vehicle.ts';
import type { MileageView } from '@wayleave/telematics/positions/mileage.ts';
import type { PositionView } from '@wayleave/telematics/positions/position.ts';
import type { Thresholds, ThresholdsView } from '@wayleave/telematics/positions/quality/thresholds.ts';
import type {
  PositionRetention,
  PositionRetentionView,
} from '@wayleave/telematics/positions/retention/retention.ts';
import type { SeriesView } from '@wayleave/telematics/positions/series.ts';
import type { QuarantineEntryView } from '@wayleave/telematics/quarantine/entry.ts';
import type { QuarantineState } from '@wayleave/telematics/quarantine/filter.ts';
import type { VehicleView } from '@wayleave/telematics/vehicles/vehicle.ts';
import type * as web from '../web/src/api/types.ts';

/**
 * The console has the API's types by hand (web/src/api/types.ts), and imports nothing of ours. Here
 * they are held against the schemas that the API answers and reads by: where one of them moves away
 * from the other, `npm run check` does not compile.
 */
export type ConsoleContract = [
  // What the API answers is what the console reads.
  Fits<Role, web.Role>,
  Fits<UserView, web.User>,
  Fits<Refreshed, web.Session>,
  Fits<VehicleView, web.Vehicle>,
  Fits<PositionView, web.Position>,
  Fits<LiveVehicle, web.LiveVehicle>,
  Fits<SeriesView, web.Series>,
  Fits<MileageView, web.Mileage>,
  Fits<DeviceView, web.Device>,
  Fits<GatewayView, web.Gateway>,
  Fits<ListedDeviceView, web.ListedDevice>,
  Fits<QuarantineEntryView, web.QuarantineEntry>,
  Fits<ThresholdsView, web.ThresholdsOfKind>,
  Fits<PositionRetentionView, web.Retention>,
  // What the console sends is what the API reads.
  Fits<Pick<web.Gateway, 'ident' | 'model' | 'speaksFor'>, NewGateway>,
  Fits<web.QuarantineState, QuarantineState>,
  Fits<web.Thresholds, Thresholds>,
  Fits<web.RetentionSetting, PositionRetention>,
];

type Fits<Given extends Wanted, Wanted> = Given;
