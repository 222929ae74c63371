/* A hand that has no mouse: it presses keys, and sees where the focus is as a person would. */

import assert from "node:assert/strict";

/* What has the focus, as a screen reader names it. */
export const focused = page => page.evaluate(() => {
    const one = document.activeElement;
    const labels = one.labels?.length ? [...one.labels].map(label => label.textContent).join(" ") : "";
    const by = (one.getAttribute("aria-labelledby") ?? "").split(" ").map(id => document.getElementById(id)?.textContent ?? "").join(" ");
    return (one.getAttribute("aria-label") || labels || by.trim() || one.textContent || "").trim();
});

/* Presses Tab until the focus is on something of this name. */
export async function tabTo(page, name, { back = false, most = 80 } = {}) {
    const seen = [];
    for (let presses = 0; presses < most; presses += 1) {
        await page.keyboard.press(back ? "Shift+Tab" : "Tab");
        const now = await focused(page);
        if (name instanceof RegExp ? name.test(now) : now === name) {
            const shown = await page.evaluate(() => {
                const one = document.activeElement;
                const near = one.closest("label, .mantine-Input-wrapper") ?? one;
                const style = getComputedStyle(one);
                return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.borderColor !== getComputedStyle(near).borderColor || one.matches(":focus-visible");
            });
            assert.ok(shown, `the focus on ${now} is seen`);
            return;
        }
        seen.push(now.slice(0, 40));
    }
    assert.fail(`no way by Tab to ${name}; came by: ${seen.join(" | ")}`);
}

/* Presses a key until what has the focus is of this name. */
export async function pressTo(page, key, name, most = 60) {
    for (let presses = 0; presses < most; presses += 1) {
        const now = await focused(page);
        if (name instanceof RegExp ? name.test(now) : now === name) { return; }
        await page.keyboard.press(key);
    }
    assert.fail(`${key} does not lead to ${name}; the focus is on ${await focused(page)}`);
}
