/*
 * Gives a course the cookies and storages that its sandbox takes away, for as long as
 * the page is open.
 *
 * A page without an origin may not even ask for document.cookie or localStorage: the
 * question throws. Many libraries ask all the same (axios does, for a token), and
 * courses with them would not start. Nothing of it leaves the page.
 */
(function () {
    "use strict";

    function isRefused(ask) {
        try {
            ask();
            return false;
        } catch {
            return true;
        }
    }

    function makeStorage() {
        const values = new Map();
        const methods = {
            getItem: (key) => values.get(String(key)) ?? null,
            setItem: (key, value) => void values.set(String(key), String(value)),
            removeItem: (key) => void values.delete(String(key)),
            clear: () => values.clear(),
            key: (index) => [...values.keys()][index] ?? null,
        };
        return new Proxy(methods, {
            get: (target, key) =>
                key === "length" ? values.size : (target[key] ?? values.get(key)),
            set: (_target, key, value) => Boolean(values.set(key, String(value))),
            deleteProperty: (_target, key) => values.delete(key) || true,
        });
    }

    if (isRefused(() => document.cookie)) {
        const cookies = new Map();
        Object.defineProperty(document, "cookie", {
            get: () => [...cookies].map((pair) => pair.join("=")).join("; "),
            set: (text) => {
                const [name, ...value] = String(text).split(";")[0].split("=");
                cookies.set(name.trim(), value.join("=").trim());
            },
        });
    }
    for (const name of ["localStorage", "sessionStorage"]) {
        if (isRefused(() => window[name])) {
            Object.defineProperty(window, name, {value: makeStorage()});
        }
    }
})();
