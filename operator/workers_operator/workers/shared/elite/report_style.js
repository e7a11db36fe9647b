/** Style sheet of the report page, for light and dark mode and all screen sizes. All contrast ratios are at least 4.5:1. */

export const STYLE = `
:root{color-scheme:light dark;--page:#f6f5f2;--card:#fff;--text:#1d1c1a;--quiet:#64605a;--line:#e2dfd8;--link:#1b4fc4;
--error:#b3261e;--error-soft:#fbeae8;--warning:#8f5400;--warning-soft:#fcf1dd;--info:#2b5b9e;--info-soft:#e8f0fb;
--good:#186a3b;--good-soft:#e3f3e9;--fair:#4d6a12}
@media(prefers-color-scheme:dark){:root{--page:#141413;--card:#1e1d1b;--text:#efece6;--quiet:#a8a39a;--line:#35332f;
--link:#9dbdff;--error:#ff9d94;--error-soft:#3a1d1a;--warning:#f3bd6b;--warning-soft:#35290f;--info:#9cc3f5;
--info-soft:#1a2a3f;--good:#7fd3a0;--good-soft:#15301f;--fair:#bfd477}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.25rem 3rem;max-width:60rem;background:var(--page);color:var(--text);
font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2,p,ol,ul{margin:0;padding:0}ul{list-style:none}a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:.25rem}
h1{font-size:clamp(1.8rem,5vw,2.6rem);line-height:1.15;letter-spacing:-.02em;margin:.15rem 0 .4rem}
h2{font-size:1.05rem;line-height:1.3}.kind{font-weight:600;color:var(--quiet)}.quiet{color:var(--quiet);font-weight:400}
.about{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;color:var(--quiet);font-size:.92rem}
main>section{margin-top:1.5rem}.overview,.todo,.preview>div,details{background:var(--card);border:1px solid var(--line);
border-radius:.9rem}
.overview{display:grid;grid-template-columns:auto 1fr auto;gap:1.5rem 2.5rem;align-items:center;padding:1.6rem 1.9rem}
.score{text-align:center}.score svg{width:9.5rem;display:block}.score p{margin-top:.5rem}
.track{stroke:var(--line)}.fill{stroke:currentColor}.number{font-size:34px;font-weight:700;fill:var(--text)}
.of{font-size:11px;fill:var(--quiet)}.score.good{color:var(--good)}.score.fair{color:var(--fair)}
.score.warning{color:var(--warning)}.score.error{color:var(--error)}
.counts{display:grid;gap:.5rem;min-width:9.5rem}.counts li>*{display:flex;gap:.6rem;align-items:baseline;
padding:.45rem .9rem;border-radius:.6rem;color:inherit;text-decoration:none}
.counts b{font-size:1.35rem;line-height:1.2;min-width:2rem;
font-variant-numeric:tabular-nums}
.counts .error{color:var(--error)}.counts .warning{color:var(--warning)}.counts .info{color:var(--info)}
.counts .error>*{background:var(--error-soft)}.counts .warning>*{background:var(--warning-soft)}
.counts .info>*{background:var(--info-soft)}
.trend{width:15rem;font-size:.92rem;color:var(--quiet)}.trend h2,.trend b{color:var(--text)}
.trend svg{display:block;width:100%;margin:.4rem 0}.axis{stroke:var(--line);fill:none}
.line{fill:none;stroke:var(--link);stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}.dot{fill:var(--link)}
.todo{padding:1.4rem 1.9rem}.todo ol{margin:.5rem 0 0 1.2rem}.todo li{padding:.25rem 0 .25rem .3rem}
.todo li::marker{font-weight:700}.edge{margin-top:.9rem;padding:.6rem .9rem;border-radius:.6rem;background:var(--good-soft)}
.points{font-weight:600;white-space:nowrap;margin-left:.35rem}
.preview>div{margin-top:.6rem;padding:1.1rem 1.9rem}.where{font-size:.88rem;color:var(--quiet)}
.headline{font-size:1.2rem;line-height:1.35;color:var(--link);margin:.1rem 0 .2rem}
.group>p{color:var(--quiet);font-size:.92rem;margin:.1rem 0 .7rem}.group details{background:linear-gradient(var(--tone),var(--tone)) 0 0/.3rem 100% no-repeat var(--card)}
.group.error{--tone:var(--error)}.group.warning{--tone:var(--warning)}.group.info{--tone:var(--info)}
.group h2{color:var(--tone);font-size:1.2rem}details{border-radius:.6rem}details+details{margin-top:.5rem}
summary{display:flex;gap:1rem;align-items:baseline;padding:.75rem 1.2rem;cursor:pointer}
summary::after{content:"+";color:var(--quiet);font-weight:600;width:.8rem;
text-align:center}details[open]>summary::after{content:"\\2212"}
.message{flex:1}.tag{display:inline-block;margin-left:.35rem;padding:0 .55rem;border-radius:1rem;font-size:.82rem;
background:var(--good-soft);color:var(--good);white-space:nowrap}
details>:not(summary){margin:0 1.2rem .6rem}.evidence li{padding:.3rem 0;border-top:1px solid var(--line);font-size:.92rem}
.page{color:var(--quiet)}code{font:.86em ui-monospace,monospace}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.92rem}
footer a{margin-right:1.25rem}footer p+p{margin-top:.4rem}
@media(max-width:46rem){.overview{grid-template-columns:auto 1fr;padding:1.2rem}.trend{grid-column:1/-1;width:auto}.trend svg{max-width:20rem}
.preview>div{padding:1rem 1.2rem}
.todo{padding:1.2rem}.score svg{width:7.5rem}.points .quiet{display:none}}
`;
