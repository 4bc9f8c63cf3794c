export interface Program {
  handle: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

/** Throws with the compiler's words when a shader does not compile. */
export function createProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const handle = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('The WebGL context is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getShaderInfoLog(shader) ?? 'A shader does not compile');
    }
    gl.attachShader(handle, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(handle) ?? 'A program does not link');
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    handle,
    uniform(name) {
      const known = locations.get(name);
      if (known !== undefined) return known;
      const location = gl.getUniformLocation(handle, name);
      locations.set(name, location);
      return location;
    },
  };
}

/** A vertex array whose attribute 0 is a quad's corner and whose others are per-instance vec4s of `buffer`. */
export function createInstances(
  gl: WebGL2RenderingContext,
  quad: WebGLBuffer,
  buffer: WebGLBuffer,
  attributes: { location: number; firstFloat: number }[],
  floatsPerInstance: number,
): WebGLVertexArrayObject {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, quad);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  for (const { location, firstFloat } of attributes) {
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 4, gl.FLOAT, false, floatsPerInstance * 4, firstFloat * 4);
    gl.vertexAttribDivisor(location, 1);
  }
  gl.bindVertexArray(null);
  return array;
}

/** Two triangles as a strip. */
export function createQuad(gl: WebGL2RenderingContext): WebGLBuffer {
  const quad = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, quad);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  return quad;
}

/** A buffer that follows a growing array: all of it when it was replaced, else the part that was written. */
export function createMirror(gl: WebGL2RenderingContext, floatsPerInstance: number) {
  const buffer = gl.createBuffer();
  let mirrored: Float32Array | null = null;
  return {
    buffer,
    update(floats: Float32Array, written: [number, number] | null): void {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      if (mirrored !== floats) {
        gl.bufferData(gl.ARRAY_BUFFER, floats, gl.DYNAMIC_DRAW);
        mirrored = floats;
      } else if (written) {
        const [start, end] = written;
        const from = start * floatsPerInstance;
        gl.bufferSubData(gl.ARRAY_BUFFER, from * 4, floats, from, (end - start) * floatsPerInstance);
      }
    },
  };
}
