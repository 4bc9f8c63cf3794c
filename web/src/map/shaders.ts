/**
 * Both programs take positions as a high and a low float, because one float is metres wide in a city:
 * `offset()` subtracts the map's centre part by part and only then adds what is left.
 */
const OFFSET = `
uniform mat4 u_matrix;
uniform vec4 u_centre;
uniform float u_now;
vec2 offset(vec4 at) {
  vec2 d = (at.xy - u_centre.xy) + (at.zw - u_centre.zw);
  // The nearest copy of the world: a vehicle just across the antimeridian is drawn beside its neighbour.
  d.x -= floor(d.x + 0.5);
  return d;
}
`;

const HEADER = '#version 300 es\nprecision highp float;\n';

/**
 * A segment of a trail as a quad. With HEAD it is the one that a vehicle is drawing right now, taken from the
 * vehicle's own instance: from where its glide began to where it is.
 */
export const trailVertex = (head: boolean) => `${HEADER}${head ? '#define HEAD\n' : ''}${OFFSET}
layout(location = 0) in vec2 a_corner;
layout(location = 1) in vec4 a_at;
layout(location = 2) in vec4 a_run;
uniform vec2 u_viewport;
uniform float u_width;
uniform float u_pixels;
out float v_across;
out float v_age;
out float v_hasty;
void main() {
#ifdef HEAD
  float done = a_run.w > 0.0 ? clamp((u_now - a_run.z) / a_run.w, 0.0, 1.0) : 1.0;
  vec2 a = offset(a_at) + a_run.xy;
  vec2 b = offset(a_at) + a_run.xy * (1.0 - done);
  float startS = a_run.z;
  float endS = min(u_now, a_run.z + a_run.w);
  float takes = a_run.w;
  float span = length(a_run.xy);
#else
  vec2 a = offset(a_at);
  vec2 b = a + a_run.xy;
  float startS = a_run.z;
  float endS = a_run.w;
  float takes = endS - startS;
  float span = length(a_run.xy);
#endif
  vec4 pa = u_matrix * vec4(a, 0.0, 1.0);
  vec4 pb = u_matrix * vec4(b, 0.0, 1.0);
  vec2 along = (pb.xy / pb.w - pa.xy / pa.w) * u_viewport;
  float pixels = length(along);
  if (pixels < 1e-4) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  vec2 side = vec2(-along.y, along.x) / pixels;
  float half_width = u_width * 0.5 + 1.0;
  vec4 p = a_corner.x < 0.0 ? pa : pb;
  p.xy += (side * a_corner.y * half_width) * 2.0 / u_viewport * p.w;
  v_across = a_corner.y * half_width;
  v_age = u_now - (a_corner.x < 0.0 ? startS : endS);
  v_hasty = clamp(span * u_pixels / max(takes, 0.05), 0.0, 1.0);
  gl_Position = p;
}
`;

export const trailFragment = `${HEADER}
in float v_across;
in float v_age;
in float v_hasty;
uniform vec3 u_trail;
uniform vec3 u_slow;
uniform float u_width;
uniform float u_strength;
uniform vec2 u_fade;
out vec4 colour;
void main() {
  float edge = 1.0 - smoothstep(u_width * 0.5 - 0.5, u_width * 0.5 + 0.5, abs(v_across));
  // Bright where a vehicle just was, then a faint street that stays for minutes.
  float fresh = exp(-max(v_age, 0.0) / u_fade.x);
  float street = clamp(1.0 - v_age / u_fade.y, 0.0, 1.0);
  float alpha = edge * u_strength * (0.62 * fresh + 0.3 * street);
  colour = vec4(mix(u_slow, u_trail, smoothstep(0.1, 0.55, v_hasty)) * alpha, alpha);
}
`;

/** Bits of the look's last component. */
export const LOOK_ALARM = 1;
export const LOOK_SELECTED = 2;
export const LOOK_HOVERED = 4;
export const LOOK_HIDDEN = 8;

export const vehicleVertex = `${HEADER}${OFFSET}
layout(location = 0) in vec2 a_corner;
layout(location = 1) in vec4 a_to;
layout(location = 2) in vec4 a_glide;
layout(location = 3) in vec4 a_look;
uniform vec2 u_viewport;
uniform float u_radius;
uniform float u_bearing;
uniform int u_pass;
out vec2 v_p;
flat out float v_heading;
flat out int v_shape;
flat out int v_flags;
void main() {
  int flags = int(a_look.w + 0.5);
  bool on_top = (flags & 3) != 0;
  if ((flags & 8) != 0 || (u_pass == 0 && on_top) || (u_pass == 1 && !on_top)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  float age = u_now - a_glide.z;
  float done = a_glide.w > 0.0 ? clamp(age / a_glide.w, 0.0, 1.0) : 1.0;
  float turned = a_glide.w > 0.0 ? clamp(age / min(0.6, a_glide.w), 0.0, 1.0) : 1.0;
  vec2 at = offset(a_to) + a_glide.xy * (1.0 - done);
  float reach = u_radius * ((flags & 3) != 0 ? 2.6 : 1.7);
  v_p = a_corner * reach;
  v_heading = a_look.x + a_look.y * turned - u_bearing;
  v_shape = int(a_look.z + 0.5);
  v_flags = flags;
  vec4 p = u_matrix * vec4(at, 0.0, 1.0);
  p.xy += v_p * 2.0 / u_viewport * p.w;
  gl_Position = p;
}
`;

/** Shapes differ as well as colours: an arrow moves, a drop idles, a square is parked, a ring is silent. */
export const vehicleFragment = `${HEADER}
in vec2 v_p;
flat in float v_heading;
flat in int v_shape;
flat in int v_flags;
uniform vec3 u_states[5];
uniform vec3 u_casing;
uniform float u_radius;
uniform float u_ratio;
uniform float u_pulse;
uniform float u_shadow;
out vec4 colour;

float cross2(vec2 a, vec2 b) { return a.x * b.y - a.y * b.x; }

float edge(vec2 p, vec2 a, vec2 b) {
  vec2 e = b - a;
  vec2 w = p - a;
  return length(w - e * clamp(dot(w, e) / dot(e, e), 0.0, 1.0));
}

float arrow(vec2 p) {
  p.x = abs(p.x);
  const vec2 nose = vec2(0.0, 1.04);
  const vec2 wing = vec2(0.74, -0.80);
  const vec2 notch = vec2(0.0, -0.40);
  float d = min(edge(p, nose, wing), edge(p, wing, notch));
  bool inside = cross2(wing - nose, p - nose) < 0.0 && cross2(notch - wing, p - wing) < 0.0;
  return inside ? -d : d;
}

float drop(vec2 p) {
  float body = length(p) - 0.6;
  vec2 q = vec2(abs(p.x), p.y - 0.42);
  float tip = max(dot(q, normalize(vec2(0.66, 0.5))) - 0.33, -q.y);
  return min(body, tip);
}

float box(vec2 p) {
  vec2 q = abs(p) - vec2(0.3);
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - 0.22;
}

float ring(vec2 p) {
  return abs(length(p) - 0.46) - 0.13;
}

vec4 over(vec4 top, vec4 under) { return top + under * (1.0 - top.a); }
vec4 ink(vec3 rgb, float a) { return vec4(rgb * a, a); }

void main() {
  vec2 p = v_p / u_radius;
  float s = sin(v_heading), c = cos(v_heading);
  vec2 r = vec2(c * p.x - s * p.y, s * p.x + c * p.y);
  float d;
  if (v_shape == 0) d = arrow(r) - 0.07;
  else if (v_shape == 1) d = drop(r);
  else if (v_shape == 2) d = box(p);
  else d = ring(p);
  d *= u_radius;
  if (v_flags == 0 && d > 4.5) { discard; }
  float aa = 0.6 / u_ratio;
  bool alarm = (v_flags & 1) != 0;
  bool selected = (v_flags & 2) != 0;
  bool hovered = (v_flags & 4) != 0;
  vec3 fill = alarm ? u_states[4] : u_states[v_shape];
  float casing = hovered || selected ? 2.2 : 1.4;
  vec4 out_colour = ink(vec3(0.0), u_shadow * (1.0 - smoothstep(0.0, 4.5, d)));
  float far = length(v_p);
  if (alarm) {
    float reach = u_radius * (1.1 + 1.3 * u_pulse);
    float wave = (1.0 - smoothstep(0.0, 1.6, abs(far - reach) - 0.4)) * (1.0 - u_pulse);
    out_colour = over(ink(fill, 0.20 * (1.0 - smoothstep(u_radius * 1.5, u_radius * 1.6, far))), out_colour);
    out_colour = over(ink(fill, wave * 0.8), out_colour);
  }
  if (selected) {
    float halo = 1.0 - smoothstep(-aa, aa, abs(far - u_radius * 1.85) - 1.0);
    out_colour = over(ink(fill, 0.16 * (1.0 - smoothstep(u_radius * 1.8, u_radius * 1.9, far))), out_colour);
    out_colour = over(ink(fill, halo), out_colour);
  }
  out_colour = over(ink(u_casing, 1.0 - smoothstep(casing - aa, casing + aa, d)), out_colour);
  out_colour = over(ink(fill, 1.0 - smoothstep(-aa, aa, d)), out_colour);
  colour = out_colour;
}
`;
