import type { Alarm } from '../../alarms.ts';
import {
  cellVolts,
  celsius,
  column,
  dilution,
  doubtFix,
  drop,
  type FieldTable,
  ignition,
  namedBoolean,
  namedNumber,
  percent,
  raises,
  revolutions,
  satellites,
  type Take,
} from '../field-table.ts';

/*
 * flespi's parameters with their units, and what they become. Sources: the knowledge base
 * (https://flespi.com/kb/messages-basic-information-units) and the parameter lists of the
 * protocols (https://flespi.com/protocols/teltonika, …/queclink, …/concox, …/sinotrack,
 * …/topflytech, …/fleetboard, …/webfleet-connect).
 */

/** Wherever the unit is `%` or litres; a tank of a lorry holds some hundred litres. */
const litres = [0, 100_000] as const;
/** A percentage with most protocols, dBm or a class with some. */
const signal = [-200, 200] as const;

/**
 * What is an alarm when it is true. The names that end in `.trigger`, and `geofence.event.*`, are
 * those of before 2020, as Traccar's FlespiProtocolDecoder reads them.
 */
const ALARMS: readonly (readonly [key: string, alarm: Alarm])[] = [
  ['alarm.event', 'general'],
  ['alarm.event.trigger', 'general'],
  ['alarm.button.pressed.event', 'sos'],
  ['sos.alarm', 'sos'],
  ['power.cut.alarm', 'powerCut'],
  ['battery.low.alarm', 'lowBattery'],
  ['cover.open.alarm', 'tamper'],
  ['gsm.jamming.event', 'jamming'],
  ['gsm.jamming.event.trigger', 'jamming'],
  ['gnss.antenna.cut.status', 'antennaCut'],
  ['towing.event', 'tow'],
  ['towing.event.trigger', 'tow'],
  ['towing.alarm.status', 'tow'],
  ['vibration.alarm', 'vibration'],
  ['shock.event.trigger', 'vibration'],
  ['crash.event', 'crash'],
  ['accident.event', 'crash'],
  ['overspeeding.event', 'overspeed'],
  ['overspeeding.event.trigger', 'overspeed'],
  ['harsh.acceleration.event', 'harshAcceleration'],
  ['harsh.acceleration.event.trigger', 'harshAcceleration'],
  ['harsh.braking.event', 'harshBraking'],
  ['harsh.braking.event.trigger', 'harshBraking'],
  ['harsh.cornering.event', 'harshCornering'],
  ['harsh.cornering.event.trigger', 'harshCornering'],
  ['geofence.event.enter', 'geofenceEnter'],
  ['geofence.event.exit', 'geofenceExit'],
];

/** A state, not an event: kept as it is, and while it is false the vehicle's supply is gone. */
const powerSource: Take = (draft, value) => {
  if (value === false) draft.alarms.push('powerCut');
  return false;
};

/** `report.reason` and `event.enum` are numbers of the tracker's protocol, or texts. */
const event: Take = ({ attributes }, value) => {
  if ((typeof value !== 'number' && typeof value !== 'string') || Object.hasOwn(attributes, 'event'))
    return false;
  attributes.event = value;
  return true;
};

const valid: Take = (draft, value) => {
  if (value === false) doubtFix(draft);
  return typeof value === 'boolean';
};

export const flespiFields: FieldTable = new Map<string, Take>([
  ['timestamp', drop],
  ['position.timestamp', drop],
  ['position.latitude', drop],
  ['position.longitude', drop],
  // What it says is the doubt of the fix.
  ['position.valid', valid],
  // Who it is: flespi's numbers and name of the device, and the channel that it came by.
  ['ident', drop],
  ['device.id', drop],
  ['device.name', drop],
  ['device.type.id', drop],
  ['channel.id', drop],
  ['position.altitude', column('altitudeM')],
  ['position.speed', column('speedKmh')],
  ['position.direction', column('headingDeg')],
  ['position.satellites', satellites],
  ['position.hdop', namedNumber('hdop', dilution)],
  ['position.pdop', namedNumber('pdop', dilution)],
  ['engine.ignition.status', ignition],
  ['can.engine.ignition.status', ignition],
  // The vehicle's own odometer before the one that the tracker counts; both in kilometres.
  ['can.vehicle.mileage', column('odometerM', 1_000)],
  ['vehicle.mileage', column('odometerM', 1_000)],
  ['external.powersource.voltage', column('batteryV')],
  ['external.powersource.status', powerSource],
  ['battery.voltage', namedNumber('deviceBatteryV', cellVolts)],
  ['battery.level', namedNumber('batteryPercent', percent)],
  ['battery.charging.status', namedBoolean('charging')],
  ['movement.status', namedBoolean('moving')],
  ['message.buffered.status', namedBoolean('buffered')],
  ['can.fuel.level', namedNumber('fuelPercent', percent)],
  ['fuel.level', namedNumber('fuelPercent', percent)],
  ['can.fuel.volume', namedNumber('fuelL', litres)],
  ['can.engine.rpm', namedNumber('engineRpm', revolutions)],
  ['engine.rpm', namedNumber('engineRpm', revolutions)],
  ['can.engine.coolant.temperature', namedNumber('coolantC', celsius)],
  ['gsm.signal.level', namedNumber('gsmSignal', signal)],
  ['report.reason', event],
  ['event.enum', event],
  ...ALARMS.map(([key, alarm]) => [key, raises(alarm)] as const),
]);
