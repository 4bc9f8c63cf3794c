import {
  dataField,
  tcpPacket,
} from '@wayleave/telematics/positions/adapters/teltonika-codec/testing/packet.ts';

/** Native positions of about 220 bytes with every usual field, a second apart. */
export function nativeMessage(firstMs: number, count: number): Buffer {
  const positions = Array.from({ length: count }, (_, at) => {
    const seconds = (firstMs / 1_000 + at) % 100_000;
    return (
      `{"time":${firstMs + at * 1_000},"lat":${(0.3476 + seconds * 1e-4).toFixed(7)},"lon":${(32.5825 + seconds * 1e-4).toFixed(7)},` +
      '"speedKmh":56.6,"headingDeg":45,"altitudeM":1190,"accuracyM":6,"satellites":9,"ignition":true,' +
      '"odometerM":120345,"batteryV":13.9,"attributes":{"gsmSignal":21,"hdop":0.9}}'
    );
  });
  return Buffer.from(count === 1 ? positions[0]! : `[${positions.join(',')}]`);
}

/** A Codec 8 packet as a tracker on the road sends it: twelve elements in each record. */
export function codec8Packet(firstMs: number, count: number): Buffer {
  const records = Array.from({ length: count }, (_, at) => ({
    timestampMs: firstMs + at * 1_000,
    lon: 325_825_000 + at * 1_000,
    lat: 3_476_000 + at * 1_000,
    altitude: 1_190,
    angle: 45,
    satellites: 9,
    speed: 56,
    elements: {
      1: [
        [239, 1],
        [240, 1],
        [21, 5],
        [200, 0],
        [69, 1],
      ],
      2: [
        [181, 9],
        [182, 5],
        [66, 13_860],
        [67, 4_000],
      ],
      4: [
        [16, 120_345],
        [241, 64_110],
      ],
      8: [[78, 0]],
    } as const,
  }));
  return tcpPacket(dataField(0x08, records));
}
