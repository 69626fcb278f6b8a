"""How a report looks: light or dark as the reader's system, and on paper. The colours of marks are Okabe and Ito's."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1a1a1a; --quiet: #595959; --line: #d5d5d5; --panel: #f4f5f6;
  --cells: #0072b2; --value: #d55e00; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1b1c1e; --ink: #ececec; --quiet: #b0b0b0; --line: #46494d; --panel: #26282b;
    --cells: #56b4e9; --value: #e69f00; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1240px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1, td, dd, li, pre { overflow-wrap: break-word; }
dd, pre { min-width: 0; overflow-wrap: anywhere; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 48px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
h2::first-letter { text-transform: uppercase; }
h3 { font-size: 15px; margin: 24px 0 4px; }
p, ul { margin: 8px 0; max-width: 75ch; }
ul { padding-left: 20px; }
p.lead { font-size: 17px; }
p.note, figcaption, .quiet { color: var(--quiet); font-size: 13px; }
nav { margin: 16px 0; } nav a { margin-right: 16px; white-space: nowrap; }
a { color: inherit; text-decoration-color: var(--cells); text-underline-offset: 3px; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--panel); padding: 12px 16px; border-radius: 4px; white-space: pre-wrap; }
.wide { overflow-x: auto; }
.maps { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: flex-start; margin: 16px 0; }
.maps p, .maps .scale { flex-basis: 100%; max-width: none; }
figure { margin: 0; }
figcaption { margin-bottom: 4px; }
table { border-collapse: collapse; margin: 8px 0; font-size: 14px; }
th, td { padding: 4px 12px 4px 0; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: 13px; vertical-align: bottom; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.plot, th.plot { padding: 0 20px 0 0; min-width: 250px; }
td.interval { white-space: nowrap; }
td.told { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 14px; }
dt { color: var(--quiet); } dd { margin: 0; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; }
svg text { font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; fill: var(--ink); }
svg text[fill] { fill: revert-layer; }
svg .option { fill: var(--quiet); font-family: ui-monospace, monospace; font-size: 11px; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .cells { stroke: var(--cells); stroke-width: 5; stroke-linecap: round; stroke-opacity: .6; }
svg .interval { stroke: var(--ink); stroke-width: 9; stroke-opacity: .22; }
svg .value { stroke: var(--value); stroke-width: 2.5; }
svg .none { fill: none; stroke: var(--line); stroke-dasharray: 3 3; }
@media print {
  @page { size: landscape; margin: 12mm; }
  body { padding: 0; max-width: none; font-size: 10pt; } nav { display: none; }
  table { font-size: 9pt; } td, th { padding-right: 8px; }
  h2 { break-after: avoid; } tr, figure, dl { break-inside: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
