/*
 * Gives a SCORM 1.2 course its run-time (scorm-again), inside the course's own page.
 *
 * Content runs in a sandbox, so it cannot reach a window of ours, nor we it. A course
 * looks for "API" in its own window and then in its parents; some start at the parent.
 * So both are the run-time here: window.parent may be replaced (HTML, 7.2.2.1).
 */
(function () {
    "use strict";
    const config = window.harvestCourseware;
    const above = window.parent;
    delete window.harvestCourseware;
    if (!config || !window.Scorm12API) {
        return;
    }
    try {
        if (above !== window && above.API) {
            return; // a frame of a course on a host of its own: one run-time for all
        }
    } catch {
        // The window above is of another origin: this page needs a run-time itself.
    }
    const api = new window.Scorm12API({
        lmsCommitUrl: config.url,
        commitRequestDataType: "text/plain;charset=UTF-8",
        autocommit: true,
        autocommitSeconds: 30,
        alwaysSendTotalTime: true,
        requestHandler: (commit) => ({...commit, token: config.token}),
    });
    api.loadFromJSON(config.cmi);
    // The learner may just leave: then the run-time sends its last commit by a beacon.
    window.addEventListener("pagehide", () => {
        if (api.isInitialized()) {
            api.LMSFinish("");
        }
    });
    const tell = () => window.top.postMessage({harvestCourseware: "saved"}, "*");
    api.on("LMSCommit", tell);
    api.on("LMSFinish", tell);
    window.API = api;
    const stand = {API: api, postMessage: (...args) => above.postMessage(...args)};
    stand.parent = stand;
    window.parent = stand;
})();
