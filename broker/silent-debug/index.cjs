'use strict';

/*
 * mqtt-packet calls `debug` a dozen times for every packet. Each call gathers its arguments and
 * asks whether anybody listens, which came to a fifth of the broker's time at a publish
 * (docs/benchmarks.md). pnpm-workspace.yaml puts this in its place, for mqtt-packet alone.
 */
function silent() {}
silent.enabled = false;
silent.extend = () => silent;

module.exports = () => silent;
