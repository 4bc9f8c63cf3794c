import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { MAX_POSITIONS_PER_MESSAGE } from '../adapter.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { encodeCommand } from './codec12.ts';
import { crc16 } from './crc16.ts';
import { teltonikaCodecSamples } from './samples.ts';
import { MAX_PAYLOAD_BYTES, teltonikaCodec } from './teltonika-codec.ts';
import { dataField, type RawRecord, tcpPacket, udpPacket } from './testing/packet.ts';

const IMEI = '352093086403655';
const TOPIC = `${IMEI}/codec`;
const NOW = Date.UTC(2026, 10, 20, 10);
const decode = (payload: Buffer, topic = TOPIC) =>
  teltonikaCodec.decode(payload, { topic, receivedAtMs: NOW });
const fix: RawRecord = { timestampMs: NOW, lon: 325_825_000, lat: 3_476_000, satellites: 9, altitude: 1_190 };
const only = (record: RawRecord, codec: 0x08 | 0x8e | 0x10 = 0x08) => {
  const { positions, refusals } = decode(tcpPacket(dataField(codec, [{ ...fix, ...record }])));
  expect(refusals).toEqual([]);
  expect(positions).toHaveLength(1);
  return positions[0];
};
const refusal = (payload: Buffer) => {
  const { positions, refusals } = decode(payload);
  expect(positions).toEqual([]);
  expect(refusals).toHaveLength(1);
  return refusals[0];
};

describe('Teltonika codecs', () => {
  it.each(teltonikaCodecSamples.map((sample) => [sample.name, sample] as const))(
    'reads the sample: %s',
    (_name, { topic, payload, expected }) => {
      const { positions, refusals } = decode(payload, topic);
      expect(refusals).toEqual([]);
      expect(positions).toMatchObject([expected ?? {}]);
      expect(positions[0]?.attributes).toEqual(expected?.attributes);
    },
  );

  it.each([
    [TOPIC, IMEI],
    [`teltonika/${IMEI}/codec`, IMEI],
    [`a/b/${IMEI}/codec`, IMEI],
    [`${IMEI}/data`, null],
    [`${IMEI}/codec/x`, null],
    ['codec', null],
    ['/codec', null],
    ['a//codec', null],
  ])('reads of %s the ident %s', (topic, ident) => {
    expect(teltonikaCodec.reads(topic)).toBe(ident !== null);
    expect(ident === null ? null : teltonikaCodec.identOf(topic)).toBe(ident);
  });

  it('reads signed coordinates and altitudes', () => {
    expect(only({ lon: -1_800_000_000, lat: -900_000_000, altitude: -400 })).toMatchObject({
      lon: -180,
      lat: -90,
      altitudeM: -400,
    });
  });

  it('keeps what no column can hold', () => {
    expect(only({ altitude: -32_768, angle: 361, speed: 0xffff })).toMatchObject({
      altitudeM: null,
      headingDeg: null,
      speedKmh: null,
      attributes: { alt: -32_768, ang: 361, sp: 0xffff },
    });
  });

  it('has no coordinates without any, and doubts the last known ones', () => {
    expect(only({ lon: 0, lat: 0, satellites: 0 })).toMatchObject({
      lat: null,
      lon: null,
      doubts: Doubt.noFix,
    });
    expect(only({ satellites: 0 })).toMatchObject({ lat: 0.3476, lon: 32.5825, doubts: Doubt.noFix });
    expect(only({ lon: 0, lat: 0, satellites: 4 })).toMatchObject({ lat: 0, lon: 0, doubts: 0 });
    expect(only({ satellites: 4, elements: { 1: [[69, 2]] } })).toMatchObject({ doubts: Doubt.noFix });
  });

  it('raises an alarm with the record of its event, and keeps a lasting state as an attribute', () => {
    const elements = { 1: [[249, 1]] } as const;
    expect(only({ event: 249, elements })).toMatchObject({ alarm: 'jamming', attributes: { jamming: true } });
    expect(only({ event: 0, elements })).toMatchObject({ alarm: null, attributes: { jamming: true } });
    expect(only({ event: 249, elements: { 1: [[249, 0]] } })).toMatchObject({ alarm: null });
    expect(only({ event: 249 })).toMatchObject({ alarm: null, attributes: { event: 249 } });
    expect(only({ event: 1, priority: 2, elements: { 1: [[1, 1]] } })).toMatchObject({ alarm: 'sos' });
  });

  it('reads ids of two bytes and the generation type of Codec 16', () => {
    const elements = { 1: [[303, 1]], 4: [[636, 5]] } as const;
    expect(only({ event: 303, generationType: 6, elements }, 0x10)?.attributes).toEqual({
      event: 303,
      generationType: 6,
      instantMovement: true,
      lteCellId: 5,
    });
    expect(only({ elements }, 0x8e)?.attributes).toEqual({ instantMovement: true, lteCellId: 5 });
  });

  it('tolerates a wrong total and repeated ids', () => {
    const elements = {
      1: [
        [239, 1],
        [239, 0],
        [20, 1],
        [20, 2],
      ],
    } as const;
    expect(only({ total: 9, elements })).toMatchObject({
      ignition: true,
      attributes: { io239: 0, io20: [1, 2] },
    });
  });

  it('reads elements of variable length', () => {
    const variable = [
      [256, Buffer.from('WVWZZZ1JZXW000001\0')],
      [281, Buffer.from('P0300,P0171')],
      [325, Buffer.from([0xff])],
      [385, Buffer.alloc(0)],
    ] as const;
    expect(only({ variable }, 0x8e)?.attributes).toEqual({
      vin: 'WVWZZZ1JZXW000001',
      faultCodes: 'P0300,P0171',
      io325: 'ff',
      io385: '',
    });
  });

  it('reads the elements of sixteen bytes that some trackers add to Codec 8', () => {
    const wide = [[143, Buffer.from('00112233445566778899aabbccddeeff', 'hex')]] as const;
    const { positions } = decode(
      tcpPacket(
        dataField(0x08, [
          { ...fix, wide },
          { ...fix, wide: [] },
        ]),
      ),
    );
    expect(positions.map(({ attributes }) => attributes)).toEqual([
      { io143: '00112233445566778899aabbccddeeff' },
      null,
    ]);
  });

  it('reads packets behind each other, framed in different ways', () => {
    const { positions, refusals } = decode(
      Buffer.concat([
        tcpPacket(dataField(0x08, [fix, { ...fix, timestampMs: NOW + 1 }])),
        udpPacket(IMEI, dataField(0x8e, [{ ...fix, timestampMs: NOW + 2 }])),
        tcpPacket(Buffer.from('0c0106000000024f4b01', 'hex')),
      ]),
    );
    expect(refusals).toEqual([]);
    expect(positions.map(({ fixTimeMs }) => fixTimeMs - NOW)).toEqual([0, 1, 2, 0]);
    expect(positions.at(-1)?.attributes).toEqual({ commandAnswer: 'OK' });
  });

  it('says so when a UDP packet names another device', () => {
    const { positions } = decode(udpPacket('352093086403656', dataField(0x08, [fix])));
    expect(positions[0]?.attributes).toEqual({ imei: '352093086403656' });
  });

  it('reads a data field without framing, if it fits to the last byte', () => {
    const data = dataField(0x08, [fix]);
    expect(decode(data).positions).toHaveLength(1);
    expect(refusal(data.subarray(0, -1))).toMatchObject({ reason: 'malformed' });
    expect(refusal(Buffer.concat([data, data]))).toMatchObject({ reason: 'malformed' });
  });

  it('takes a packet whose length and CRC leave out its last bytes', () => {
    const data = dataField(0x08, [fix]);
    const counted = data.subarray(0, -4);
    const packet = Buffer.concat([Buffer.alloc(12), data]);
    packet.writeUInt32BE(counted.length, 4);
    data.copy(packet, 8);
    packet.writeUInt32BE(crc16(counted, 0, counted.length), packet.length - 4);
    expect(decode(packet).positions).toMatchObject([{ lat: 0.3476 }]);
    packet[packet.length - 1] = (packet.at(-1) ?? 0) ^ 1;
    expect(refusal(packet)).toMatchObject({ reason: 'malformed' });
  });

  it.each([
    ['an empty payload', Buffer.alloc(0), /0 bytes are no packet/],
    ['another beginning', Buffer.from('0000010000000036080100', 'hex'), /not with 00000100/],
    [
      'a short packet',
      tcpPacket(dataField(0x08, [fix])).subarray(0, 40),
      /33 bytes of data and 4 of CRC announced, 32 are left/,
    ],
    ['an unknown codec', tcpPacket(Buffer.from('090101', 'hex')), /codec id 9/],
    ['no records', tcpPacket(dataField(0x08, [])), /no records/],
    [
      'a second count that differs',
      tcpPacket(Buffer.from(`0801${'00'.repeat(30)}02`, 'hex')),
      /1 records .* 2 at the end/,
    ],
    [
      'bytes behind the records',
      tcpPacket(Buffer.concat([dataField(0x08, [fix]), Buffer.of(1)])),
      /1 bytes behind/,
    ],
    [
      'a record that ends early',
      tcpPacket(Buffer.concat([Buffer.of(8, 1), Buffer.alloc(20), Buffer.of(1)])),
      /record 1 of 1: byte 10: 20 bytes are left, at least 26/,
    ],
    [
      'elements that end early',
      tcpPacket(Buffer.from(`0801${'00'.repeat(26)}09010101`, 'hex')),
      /18 expected/,
    ],
    ['a priority that is none', tcpPacket(dataField(0x08, [{ ...fix, priority: 4 }])), /a priority of 4/],
    ['a data field of two bytes', tcpPacket(Buffer.of(8, 1)), /2 bytes of data/],
    ['a UDP packet that ends early', udpPacket(IMEI, dataField(0x08, [fix])).subarray(0, 50), /are left/],
    ['a UDP packet without data', udpPacket(IMEI, Buffer.alloc(0)), /only 21 bytes/],
    ['a UDP packet with a short IMEI', udpPacket('35209308640365', dataField(0x08, [fix])), /14 digits/],
    ['a UDP packet with a letter in its IMEI', udpPacket('3520930864036x5', dataField(0x08, [fix])), /digit/],
    ['a message that ends early', tcpPacket(Buffer.from('0c0106000000094f4b01', 'hex')), /9 bytes of text/],
    ['no messages', tcpPacket(Buffer.from('0c0000', 'hex')), /no messages/],
    [
      'too many elements',
      tcpPacket(
        dataField(0x8e, [
          { ...fix, elements: { 1: Array.from({ length: 1_021 }, (_, id) => [id, 0] as const) } },
        ]),
      ),
      /more than 1020/,
    ],
    ['too many bytes', Buffer.alloc(MAX_PAYLOAD_BYTES + 1), /bytes, at most/],
  ])('refuses %s', (_what, payload, detail) => {
    expect(refusal(payload)).toEqual({ reason: 'malformed', detail: expect.stringMatching(detail), item: 0 });
  });

  it('refuses a packet whose CRC is wrong', () => {
    const packet = tcpPacket(dataField(0x08, [fix]));
    packet[30] = (packet[30] ?? 0) ^ 4;
    expect(refusal(packet)).toMatchObject({ reason: 'malformed', detail: expect.stringContaining('CRC') });
  });

  it.each([
    ['a keep-alive', Buffer.of(0xff)],
    ['the IMEI of a TCP connection', Buffer.concat([Buffer.of(0, 15), Buffer.from(IMEI)])],
    ['a command', encodeCommand('getinfo')],
  ])('knows %s for what it is', (_what, payload) => {
    expect(refusal(payload)).toMatchObject({ reason: 'not_a_position' });
  });

  it('refuses more records than a message may have', () => {
    const packet = tcpPacket(
      dataField(
        0x08,
        Array.from({ length: 250 }, () => fix),
      ),
    );
    expect(decode(Buffer.concat([packet, packet, packet, packet])).positions).toHaveLength(
      MAX_POSITIONS_PER_MESSAGE,
    );
    const more = Buffer.concat([packet, packet, packet, packet, tcpPacket(dataField(0x08, [fix]))]);
    expect(refusal(more)).toMatchObject({
      reason: 'too_many_positions',
      detail: '1001 records, at most 1000',
    });
  });

  it('keeps what comes before a broken packet, and refuses the rest with its bytes', () => {
    const good = tcpPacket(dataField(0x08, [fix]));
    const broken = Buffer.from(good);
    broken[20] = 0xff;
    const { positions, refusals } = decode(Buffer.concat([good, broken, good]));
    expect(positions).toHaveLength(1);
    expect(refusals).toMatchObject([{ reason: 'malformed', item: 1 }]);
    expect(refusals[0]?.payload).toEqual(Buffer.concat([broken, good]));
  });

  it('refuses single records, readable by themselves', () => {
    const late = { ...fix, timestampMs: 8.64e15 + 2_000 };
    const full = { ...fix, variable: [[385, Buffer.alloc(4_200)]] as const };
    const { positions, refusals } = decode(tcpPacket(dataField(0x8e, [late, fix, full])));
    expect(positions).toHaveLength(1);
    expect(refusals).toMatchObject([
      { reason: 'invalid_field', item: 0, detail: 'the timestamp 8640000000002000 is no instant' },
      { reason: 'invalid_field', item: 2, detail: expect.stringContaining('8192 bytes') },
    ]);
    for (const { payload, detail } of refusals) {
      expect(refusal(payload ?? Buffer.alloc(0))).toMatchObject({ reason: 'invalid_field', detail });
    }
  });

  it.each([
    [
      'Codec 13',
      '0d01060000000b0a81c320676574696e666f01',
      { answeredAtS: 176_276_256, commandAnswer: 'getinfo' },
    ],
    ['Codec 14', '0e01060000000a03520930864036554f4b01', { commandAnswer: 'OK' }],
    [
      'Codec 14 for another device',
      '0e01060000000a03520930814522514f4b01',
      { imei: '352093081452251', commandAnswer: 'OK' },
    ],
    ['Codec 14 that does not accept', '0e011100000008035209308640365501', { commandNack: true }],
    [
      'Codec 15',
      '0f010b00000013654b65a4012345678912345648656c6c6f210a01',
      { answeredAtS: 1_699_440_036, imei: '123456789123456', messageType11: 'Hello!' },
    ],
    ['two answers', '0c0206000000024f4b06000000024e4f02', { commandAnswer: 'OK\nNO' }],
    ['an answer that is no text', '0c01060000000200ff01', { commandAnswer: '00ff' }],
  ])('reads %s as a position without a fix', (_what, data, attributes) => {
    expect(decode(tcpPacket(Buffer.from(data, 'hex'))).positions).toEqual([
      expect.objectContaining({ fixTimeMs: NOW, lat: null, lon: null, doubts: Doubt.noFix, attributes }),
    ]);
  });

  it('makes of any bytes a position or a reason, in time', () => {
    const samples = teltonikaCodecSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(samples, 5_000, 8)) checkDecoding(teltonikaCodec, TOPIC, payload);
  }, 60_000);

  it('takes no longer for what is made to take long', () => {
    const distinct = Array.from({ length: 255 }, (_, id) => [id, 1] as const);
    const packetOf = (records: number, elements: number): Buffer => {
      const record = { ...fix, elements: { 1: distinct.slice(0, elements) } };
      return tcpPacket(
        dataField(
          0x08,
          Array.from({ length: records }, () => record),
        ),
      );
    };
    expect(decode(packetOf(10, 255)).positions).toHaveLength(10);
    expect(refusal(packetOf(11, 255))).toMatchObject({ detail: expect.stringContaining('in large records') });
    for (const packet of [packetOf(88, 255), packetOf(10, 255), packetOf(90, 100), packetOf(250, 30)]) {
      expect(packet.length).toBeLessThan(MAX_PAYLOAD_BYTES);
      checkDecoding(teltonikaCodec, TOPIC, packet);
    }
    const answers = tcpPacket(Buffer.from(`0cff${'060000000141'.repeat(255)}ff`, 'hex'));
    checkDecoding(teltonikaCodec, TOPIC, answers);
    expect(decode(Buffer.concat([answers, answers])).refusals).toMatchObject([
      { detail: 'more than 255 messages', item: 0 },
    ]);
    checkDecoding(teltonikaCodec, TOPIC, Buffer.alloc(1_024 * 1_024));
  });
});
