import type { Refreshed, Role, UserView } from '@wayleave/leasing/identity/user.ts';
import type { DeviceView } from '@wayleave/telematics/devices/device.ts';
import type { GatewayView, ListedDeviceView, NewGateway } from '@wayleave/telematics/devices/gateway.ts';
import type { DeadLetterView } from '@wayleave/telematics/events/dead-letter.ts';
import type { EventView } from '@wayleave/telematics/events/event.ts';
import type { GeofenceFields, GeofenceView } from '@wayleave/telematics/geofences/geofence.ts';
import type { ImportRequest, importResult } from '@wayleave/telematics/geofences/import.ts';
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
import type { PreviewRequest, PreviewView } from '@wayleave/telematics/rules/preview/preview.ts';
import type { RuleSettings } from '@wayleave/telematics/rules/settings.ts';
import type { NewSpeedLimit, SpeedLimitView } from '@wayleave/telematics/rules/speed-limits/speed-limit.ts';
import type { DaySummaryView } from '@wayleave/telematics/summaries/summary.ts';
import type { TripView } from '@wayleave/telematics/trips/trip.ts';
import type { GroupMemberView, VehicleGroupView } from '@wayleave/telematics/vehicle-groups/group.ts';
import type { VehicleView } from '@wayleave/telematics/vehicles/vehicle.ts';
import type { z } from 'zod';
import type * as events from '../web/src/api/event-types.ts';
import type * as fences from '../web/src/api/geofence-types.ts';
import type { GroupMember } from '../web/src/api/geofences.ts';
import type * as rules from '../web/src/api/rule-types.ts';
import type * as web from '../web/src/api/types.ts';

/**
 * The console has the API's types by hand (web/src/api/*types.ts), and imports nothing of ours. Here
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
  Fits<EventView, events.RiskEvent>,
  Fits<DeadLetterView, events.DeadLetter>,
  Fits<TripView, events.Trip>,
  Fits<DaySummaryView, events.DailySummary>,
  Fits<GeofenceView, fences.Geofence>,
  Fits<z.infer<typeof importResult>, fences.Imported>,
  Fits<VehicleGroupView, fences.VehicleGroup>,
  Fits<GroupMemberView, GroupMember>,
  Fits<RuleSettings, rules.RuleSettings>,
  Fits<SpeedLimitView, rules.SpeedLimit>,
  Fits<PreviewView, rules.Preview>,
  // What the console sends is what the API reads.
  Fits<Pick<web.Gateway, 'ident' | 'model' | 'speaksFor'>, NewGateway>,
  Fits<web.QuarantineState, QuarantineState>,
  Fits<web.Thresholds, Thresholds>,
  Fits<web.RetentionSetting, PositionRetention>,
  Fits<fences.GeofenceFields, GeofenceFields>,
  Fits<fences.GeofenceImport, ImportRequest>,
  Fits<rules.RuleSettings, RuleSettings>,
  Fits<rules.NewSpeedLimit, NewSpeedLimit>,
  Fits<rules.PreviewRequest, PreviewRequest>,
];

type Fits<Given extends Wanted, Wanted> = Given;
