import { Doubt } from '../../quality/doubts.ts';
import type { Sample } from '../testing/sample.ts';
import { dataField, tcpPacket } from './testing/packet.ts';

const topic = '352093086403655/codec';
const noFix = { lat: null, lon: null, satellites: 0, speedKmh: 0, doubts: Doubt.noFix };

/**
 * Examples of https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Protocols and, since none
 * of those has a fix, two invented packets of the same form.
 */
export const teltonikaCodecSamples: readonly Sample[] = [
  {
    name: 'Codec 8, first example of the wiki',
    topic,
    payload: Buffer.from(
      '000000000000003608010000016b40d8ea30010000000000000000000000000000000105021503010101425e0f01f10000601a014e0000000000000000010000c7cf',
      'hex',
    ),
    expected: {
      ...noFix,
      fixTimeMs: Date.UTC(2019, 5, 10, 10, 4, 46),
      batteryV: 24.079,
      alarm: null,
      attributes: {
        event: 1,
        priority: 1,
        gsmSignal: 3,
        digitalInput1: true,
        gsmOperator: 24_602,
        iButton: '0000000000000000',
      },
    },
  },
  {
    name: 'Codec 8 Extended, example of the wiki',
    topic,
    payload: Buffer.from(
      '000000000000004a8e010000016b412cee000100000000000000000000000000000000010005000100010100010011001d00010010015e2c880002000b000000003544c87a000e000000001dd7e06a00000100002994',
      'hex',
    ),
    expected: {
      ...noFix,
      fixTimeMs: Date.UTC(2019, 5, 10, 11, 36, 32),
      odometerM: 22_949_000,
      attributes: {
        event: 1,
        priority: 1,
        digitalInput1: true,
        axisXMg: 29,
        iccid1: 893_700_218,
        iccid2: 500_686_954,
      },
    },
  },
  {
    name: 'Codec 16 over UDP, example of the wiki',
    topic: '352094085231592/codec',
    payload: Buffer.from(
      '0048cafe0107000f33353230393430383532333135393210010000015117e40fe80000000000000000000000000000000000ef05050400010000030000b40000ef01010042111a000001',
      'hex',
    ),
    expected: {
      ...noFix,
      fixTimeMs: Date.UTC(2015, 10, 18, 0, 0, 1),
      ignition: true,
      batteryV: 4.378,
      attributes: {
        event: 239,
        generationType: 5,
        digitalInput1: false,
        digitalInput3: false,
        digitalOutput2: false,
      },
    },
  },
  {
    name: 'Codec 12 answer, example of the wiki',
    topic,
    payload: Buffer.from(
      '00000000000000370c01060000002f4449313a31204449323a30204449333a302041494e313a302041494e323a313639323420444f313a3020444f323a3101000066e3',
      'hex',
    ),
    expected: {
      lat: null,
      lon: null,
      doubts: Doubt.noFix,
      attributes: { commandAnswer: 'DI1:1 DI2:0 DI3:0 AIN1:0 AIN2:16924 DO1:0 DO2:1' },
    },
  },
  {
    name: 'an unplug event at sea level south and west of zero',
    topic,
    payload: tcpPacket(
      dataField(0x08, [
        {
          timestampMs: 1_795_132_800_000,
          priority: 1,
          lon: -325_825_000,
          lat: -3_476_000,
          altitude: -12,
          angle: 270,
          satellites: 9,
          speed: 41,
          event: 252,
          elements: {
            1: [
              [239, 1],
              [240, 1],
              [252, 1],
            ],
            2: [[66, 4_100]],
            4: [[16, 120_345]],
          },
        },
      ]),
    ),
    expected: {
      fixTimeMs: 1_795_132_800_000,
      lat: -0.3476,
      lon: -32.5825,
      altitudeM: -12,
      headingDeg: 270,
      satellites: 9,
      speedKmh: 41,
      ignition: true,
      odometerM: 120_345,
      batteryV: 4.1,
      alarm: 'powerCut',
      attributes: { event: 252, priority: 1, moving: true, unplugged: true },
      doubts: 0,
    },
  },
  {
    name: 'a chassis number and a beacon list',
    topic,
    payload: tcpPacket(
      dataField(0x8e, [
        {
          timestampMs: 1_795_132_860_000,
          lon: 325_825_000,
          lat: 3_476_000,
          altitude: 1_190,
          satellites: 11,
          elements: { 1: [[239, 0]] },
          variable: [
            [256, Buffer.from('WVWZZZ1JZXW000001')],
            [385, Buffer.from('1121', 'hex')],
          ],
        },
      ]),
    ),
    expected: {
      lat: 0.3476,
      lon: 32.5825,
      ignition: false,
      attributes: { vin: 'WVWZZZ1JZXW000001', io385: '1121' },
      doubts: 0,
    },
  },
];
