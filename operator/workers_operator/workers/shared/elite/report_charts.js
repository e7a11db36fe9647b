/** The report's two charts, as inline SVG. */

const RADIUS = 52;
const WIDTH = 220;
const HEIGHT = 56;

/** Draw a ring that is filled in proportion to the score. @param {number} score 0 to 100 */
export function ring(score) {
  const length = 2 * Math.PI * RADIUS;
  const filled = (length * score) / 100;
  const circle = `cx="60" cy="60" r="${RADIUS}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${score} of 100"><circle class="track" ${circle}/>
<circle class="fill" ${circle} stroke-linecap="round" stroke-dasharray="${filled.toFixed(1)} ${length.toFixed(1)}"
 transform="rotate(-90 60 60)"${score === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${score}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}

/** Draw the scores of the last runs as a line, with the newest on the right. @param {{score: number}[]} runs */
export function trendLine(runs) {
  const step = runs.length > 1 ? WIDTH / (runs.length - 1) : 0;
  const at = runs.map(({ score }, index) => [runs.length > 1 ? index * step : WIDTH, HEIGHT - (score / 100) * HEIGHT]);
  const line = at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const [x, y] = at.at(-1) ?? [WIDTH, HEIGHT];
  const scores = runs.map(({ score }) => score).join(", ");
  return `<svg viewBox="-6 -6 ${WIDTH + 12} ${HEIGHT + 12}" role="img" aria-label="Scores of the last runs: ${scores}">
<path class="axis" d="M0 ${HEIGHT}H${WIDTH}M0 0H${WIDTH}"/><polyline class="line" points="${line}"/>
<circle class="dot" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5"/></svg>`;
}
