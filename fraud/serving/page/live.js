"use strict";
// The live page: draws what the server sends; nothing is fetched from anywhere else, and texts are never read as HTML.
(() => {
  const WORDS = {
    full: ["正常：规则与模型全部生效", "in full: rules and model"],
    degraded: ["已降级：部分交易仅由规则判断", "DEGRADED: some decided by rules only"],
    refusing: ["过载：部分请求被拒绝", "OVERLOADED: some are turned away"],
    broken: ["故障：已停止决策", "BROKEN: nothing is decided"],
    away: ["连接中断，正在重连", "not connected, trying again"],
    pass: ["放行", "pass"], step_up: ["加强验证", "step-up"], hold: ["挂起", "hold"], block: ["阻断", "block"],
    stable: ["稳定", "stable"], shifting: ["有变化", "shifting"], drifted: ["明显漂移", "drifted"],
    pause: ["暂停", "pause"], resume: ["继续", "go on"], language: ["English", "中文"],
    none: ["暂无", "none yet"], rules_only: ["仅规则", "rules only"],
    probability: ["欺诈概率", "probability"], amount_fen: ["交易金额", "amount"], hour: ["交易时点", "hour of day"],
    channel: ["渠道", "channel"], kind: ["交易类型", "kind"], country: ["国家", "country"],
    customer_age: ["客户年龄", "customer's age"], account_age_days: ["开户天数", "account's age"],
    first_events: ["启动后的首批交易", "the first events after the start"],
    counter: ["柜面", "counter"], atm: ["自助机", "ATM"], pos: ["刷卡机", "POS"], mobile: ["手机银行", "mobile"],
    web: ["网上银行", "web"], qr: ["二维码", "QR"],
  };
  const KEPT = 60;
  const at = id => document.getElementById(id);
  let language = remembered() || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  let last = null, decisions = [], alerts = [], seen = 0, missed = 0, isPaused = false, isAway = false;

  function remembered() { try { return localStorage.getItem("language"); } catch { return null; } }
  const say = (zh, en) => language === "zh" ? zh : en;
  const word = name => Object.hasOwn(WORDS, name) ? WORDS[name][language === "zh" ? 0 : 1] : String(name);
  const whole = number => Number(number).toLocaleString("en-US");
  const short = number => number.toFixed(number < 10 ? 1 : 0);
  const percent = share => (100 * share).toFixed(share < 0.01 ? 2 : 1) + "%";

  function made(name, text, ...classes) {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    node.classList.add(...classes.filter(Boolean));
    return node;
  }
  function row(name, share, value, kind, title) {
    const line = made("div", undefined, "row"), bar = made("div", undefined, "bar"), part = made("i", undefined, kind);
    part.style.width = Math.min(100, 100 * share) + "%";
    bar.append(part);
    const label = made("span", name, "name");
    label.title = title || name;
    line.append(label, bar, made("span", value, "value"));
    return line;
  }
  const fill = (id, nodes) => at(id).replaceChildren(...(nodes.length ? nodes : [made("p", word("none"), "note")]));

  function labels() {
    document.documentElement.lang = say("zh-Hans", "en");
    for (const node of document.querySelectorAll("[data-zh]")) node.textContent = node.dataset[language];
    at("language").textContent = word("language");
    at("pause").textContent = word(isPaused ? "resume" : "pause");
  }
  function banner() {
    const state = isAway ? "away" : last ? last.state : "away";
    at("state").className = state;
    at("state").textContent = word(state);
    if (!last) return;
    const texts = [
      say("规则集 ", "rulebook ") + (last.rulebook || "–") + " (" + whole(last.rules) + say(" 条", " rules") + ")",
      say("模型 ", "model ") + String(last.model || "–").slice(0, 12),
      say("运行 ", "up ") + Math.floor(last.uptime_seconds / 60) + say(" 分钟", " min"),
      say("约定：等待超过 ", "declared: rules only after ") + last.limits.patience_ms + say(" 毫秒仅用规则，超过 ", " ms of waiting, turned away above ")
        + whole(last.limits.most_waiting) + say(" 笔等待则拒绝", " waiting"),
    ];
    if (last.broken) texts.unshift(last.broken);
    at("detail").textContent = texts.join(" · ");
  }
  function tiles() {
    const minute = last.minute, alerts = minute.step_up + minute.hold + minute.block;
    at("rate").textContent = whole(last.rate);
    at("decisions").textContent = whole(last.decisions);
    at("alerts").textContent = minute.decided ? percent(alerts / minute.decided) : "–";
    at("latency").textContent = minute.decided ? short(last.latency_ms.p50) + " / " + short(last.latency_ms.p99) + " ms" : "–";
    at("degraded").textContent = whole(last.counts.degraded);
    at("refused").textContent = whole(last.counts.refused);
    at("tile-degraded").classList.toggle("bad", minute.degraded > 0);
    at("tile-refused").classList.toggle("bad", minute.refused > 0);
  }
  function chart() {
    const most = Math.max(1, ...last.rates), step = 600 / last.rates.length;
    const path = values => values.map((value, place) => value ? `M${(place * step).toFixed(1)} 90v${(-88 * value / most).toFixed(1)}h${step.toFixed(1)}V90Z` : "").join("");
    const nodes = [["all", last.rates], ["degraded", last.degraded]].map(([name, values]) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", "path");
      node.setAttribute("class", name);
      node.setAttribute("d", path(values));
      return node;
    });
    at("rates").replaceChildren(...nodes);
    at("rates-scale").textContent = say("最高 ", "highest ") + whole(most) + say(" 笔/秒；右侧为现在", " a second; now is at the right");
  }
  function sides() {
    const minute = last.minute, total = Math.max(1, minute.decided);
    fill("actions", ["pass", "step_up", "hold", "block"].map(name => row(word(name), minute[name] / total, whole(minute[name]), name)));
    const most = Math.max(1, ...last.hit_rules.map(rule => rule[1]));
    fill("rules", last.hit_rules.slice(0, 8).map(([id, hits]) => {
      const title = (last.titles || {})[id];
      return row(title ? title[language === "zh" ? 1 : 0] : id, hits / most, whole(hits), "", title ? id + ": " + title.join(" · ") : id);
    }));
    fill("drift", last.drift.fields.map(one => row(word(one.name), one.index / 0.5, one.index.toFixed(3) + " ", one.state, word(one.state))).map((line, place) => {
      line.lastChild.textContent = last.drift.fields[place].index.toFixed(2) + " " + word(last.drift.fields[place].state);
      return line;
    }));
    const drift = last.drift;
    at("drift-note").textContent = drift.fields.length
      ? say(`群体稳定性指数：低于 0.1 稳定，高于 0.25 明显漂移。对照：${word(drift.reference)}；最近 ${whole(drift.events)} 笔。`,
          `Population stability index: below 0.1 stable, above 0.25 drifted. Against: ${word(drift.reference)}; last ${whole(drift.events)}.`)
      : say(`交易不足 ${whole(drift.fewest)} 笔或尚无对照，暂不计算。`, `Told once there is a reference, and ${whole(drift.fewest)} events to compare with it.`);
  }
  function table() {
    const only = at("only-alerts").checked;
    fill("newest", (only ? alerts : decisions).map(one => {
      const line = made("tr"), action = made("td"), why = made("td");
      action.append(made("span", word(one.action), "action", one.action));
      if (one.degraded) why.append(made("span", word("rules_only"), "mark"));
      const texts = one.reasons.map(reason => reason[language === "zh" ? 1 : 0]);
      why.append(texts.length ? texts.join(say("；", "; ")) : one.hits.join(", "));
      line.append(made("td", one.occurred_at ?? ""), made("td", one.event_id),
        made("td", one.amount_fen == null ? "" : (one.amount_fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }), "number"),
        made("td", one.channel == null ? "" : word(one.channel)), action,
        made("td", one.probability == null ? "–" : percent(one.probability), "number"), why);
      return line;
    }));
    at("missed").textContent = missed ? say(`其中 ${whole(missed)} 笔因刷新过快未列出`, `${whole(missed)} came too fast to be listed`) : "";
  }
  function draw() {
    labels();
    banner();
    if (!last) return;
    tiles(); chart(); sides(); table();
    document.body.dataset.drawn = String(last.decisions);
  }
  function receive(told) {
    for (const one of told.newest) {
      if (one.number <= seen) continue;
      if (seen) missed += one.number - seen - 1;
      seen = one.number;
      decisions.unshift(one);
      if (one.action !== "pass") alerts.unshift(one);
    }
    decisions.length = Math.min(decisions.length, KEPT);
    alerts.length = Math.min(alerts.length, KEPT);
    last = told;
    if (!isPaused) draw();
  }

  at("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    try { localStorage.setItem("language", language); } catch { /* a browser that keeps nothing */ }
    draw();
  });
  at("pause").addEventListener("click", () => {
    isPaused = !isPaused;
    at("pause").setAttribute("aria-pressed", String(isPaused));
    draw();
  });
  at("only-alerts").addEventListener("change", () => last && table());
  const source = new EventSource("v1/live");
  source.addEventListener("state", event => {
    const told = JSON.parse(event.data);
    if (last && told.began !== last.began) { decisions = []; alerts = []; seen = 0; missed = 0; }  // another process
    isAway = false;
    receive(told);
  });
  source.addEventListener("error", () => { isAway = true; banner(); });
  draw();
})();
