/// @file
/// The style of a report: legible from a telephone to a wide screen, on paper, and for eyes that confuse red and green.
#pragma once

#include <string_view>

namespace cardamom::report {

/// The style sheet of the report.
inline constexpr std::string_view report_style = R"css(
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1a1a1a; font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 0.75rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 1.75rem 0 0.5rem; border-bottom: 1px solid #ccc; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
p { max-width: 46rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
.remark { border-left: 4px solid #E69F00; padding-left: 0.6rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.15rem 0.35rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
.facts td { overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.plus { color: #0072B2; }
.minus { color: #B84A00; }
.picture { max-width: 40rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 1rem 1rem; }
.grid.small { grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: 0.75rem; }
.grid.wide { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1rem 1.5rem; }
.grid.wide figure { max-width: 40rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 0.9rem; line-height: 1.25; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.swatch { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.35em; vertical-align: -0.1em; }
.key { display: inline-block; margin-right: 1.2em; }
.list .key { display: block; }
text { fill: #1a1a1a; font-size: 12px; }
.tick { font-size: 11px; fill: #555; }
.name { font-size: 12px; }
.name.stimulus { font-weight: bold; }
.node { fill: #444; }
.activates { fill: none; stroke: #0072B2; opacity: 0.85; }
.represses { fill: none; stroke: #D55E00; opacity: 0.85; }
.activates.head { fill: #0072B2; stroke: none; }
.grid-line { stroke: #e3e3e3; }
.axis { stroke: #555; }
.cells { fill: #bbb; }
.sum { fill: none; stroke: #1a1a1a; stroke-width: 1.2; stroke-dasharray: 3 2; }
.mode { fill: none; stroke-width: 2; }
.mode0 { stroke: #0072B2; } .mode1 { stroke: #D55E00; } .mode2 { stroke: #009E73; }
.mode3 { stroke: #CC79A7; } .mode4 { stroke: #E69F00; } .mode5 { stroke: #56B4E9; }
.swatch-activates, .swatch-mode0, .field { fill: #0072B2; }
.swatch-represses, .swatch-mode1 { fill: #D55E00; }
.swatch-sum { fill: #1a1a1a; }
.data { fill: #56B4E9; } .simulated { fill: #E69F00; }
.mean { stroke: #1a1a1a; stroke-width: 1.6; }
.others { fill: #ccc; }
.basin0, .type0 { fill: #0072B2; } .basin1, .type1 { fill: #E69F00; } .basin2, .type2 { fill: #009E73; }
.basin3, .type3 { fill: #CC79A7; } .basin4, .type4 { fill: #56B4E9; } .basin5, .type5 { fill: #D55E00; }
.basin6, .type6 { fill: #F0E442; } .basin7, .type7 { fill: #5b4a8a; }
.course { fill: none; stroke-width: 2; } .band { fill-opacity: 0.22; } .cell { fill-opacity: 0.75; } .dot { stroke: #1a1a1a; stroke-width: 0.7; }
.course0 { stroke: #0072B2; } .course1 { stroke: #E69F00; } .course2 { stroke: #009E73; } .course3 { stroke: #CC79A7; }
.course4 { stroke: #56B4E9; } .course5 { stroke: #D55E00; } .course6 { stroke: #F0E442; } .course7 { stroke: #5b4a8a; }
.course-data { stroke: #56B4E9; } .course-simulated { stroke: #E69F00; }
.whisker { stroke: #1a1a1a; stroke-width: 1.1; }
.switch { fill: none; stroke: #1a1a1a; stroke-width: 1.6; }
.shade0 { fill: #00224e; } .shade1 { fill: #213b6e; } .shade2 { fill: #4c556c; } .shade3 { fill: #6c6e72; }
.shade4 { fill: #8e8978; } .shade5 { fill: #b1a570; } .shade6 { fill: #d9c55c; } .shade7 { fill: #fee838; }
.halo { fill: none; stroke: #fff; stroke-width: 3.4; stroke-opacity: 0.8; }
.arrow { fill: none; stroke: #1a1a1a; stroke-width: 1.3; } .arrow.head { fill: #1a1a1a; stroke: none; }
.inside { font-size: 11px; } .bright { fill: #fff; }
@media (min-width: 40rem) {
  th, td { padding: 0.15rem 0.6rem; }
  .grid.small { grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); }
}
@media print { figure { break-inside: avoid; } }
)css";

}  // namespace cardamom::report
