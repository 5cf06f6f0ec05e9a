"""Course packages in Chromium: they report, they are shut in, a keyboard gets out.

The packages are invented; the libraries in them are those of real courses.
"""

from __future__ import annotations

import pytest
from accessibility import faults, overflow

from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_courseware.tests.builder import PAGE, page, peer
from odoo.addons.harvest_courseware.tests.common import CoursewareKit

PHONE = {"width": 390, "height": 844}  # CSS pixels
DESKTOP = {"width": 1366, "height": 768}
SAY = "const say = (text) => (document.getElementById('out').textContent = text);"

# The wrapper by Philip Hutchison, which most SCORM courses carry, as they use it.
PASSES = """
const {SCORM} = window;
const started = SCORM.connection.initialize();
const was = SCORM.data.get('cmi.suspend_data');
SCORM.data.set('cmi.suspend_data', 'seen');
SCORM.data.set('cmi.core.score.raw', '90');
SCORM.data.set('cmi.core.lesson_status', 'passed');
const saved = SCORM.data.save();
say(`started ${started}, saved ${saved}, was ${was || 'new'}`);
"""
# The other family of wrappers (ADL's, Rustici's) begins at the parent.
FROM_PARENT = """
function scan(win) {
    let tries = 0;
    while (win.API == null && win.parent != null && win.parent !== win) {
        tries += 1;
        if (tries > 500) { return null; }
        win = win.parent;
    }
    return win.API;
}
let api = null;
if (window.parent != null && window.parent !== window) { api = scan(window.parent); }
if (api == null && window.opener != null) { api = scan(window.opener); }
api.LMSInitialize('');
api.LMSSetValue('cmi.core.lesson_status', 'completed');
say('finished ' + api.LMSFinish(''));
"""
CMI5 = """
(async () => {
    const unit = new Cmi5();
    await unit.initialize();
    await unit.complete();
    await unit.pass(0.9);
    await unit.terminate();
    say('done ' + unit.launchParameters.activityId.includes('/harvest/xapi/'));
})().catch((error) => say('failed ' + error));
"""
TINCAN = """
const tincan = new TinCan({url: window.location.href});
tincan.sendStatement(
    {verb: {id: 'http://adlnet.gov/expapi/verbs/completed'},
     target: {id: 'https://courses.example.org/tincan'}},
    (results) => say('sent ' + (results[0].err === null)));
"""
# What a hostile course would try.
ATTACKS = """
(async () => {
    const found = [];
    const attempt = async (name, action) => {
        try { found.push(name + '=' + (await action() ? 'OPEN' : 'shut')); }
        catch { found.push(name + '=shut'); }
    };
    await attempt('cookie', () => document.cookie.includes('session_id'));
    await attempt('storage', () => localStorage.getItem('secret'));
    await attempt('parent', () => window.top.document.body);
    await attempt('origin', () => window.origin !== 'null');
    const call = {method: 'POST', credentials: 'include', mode: 'cors',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({jsonrpc: '2.0', method: 'call', params: {}})};
    await attempt('rpc', () => fetch('/web/session/get_session_info', call));
    await attempt('blind', () => fetch('/web/session/get_session_info',
        {...call, mode: 'no-cors', headers: {'Content-Type': 'text/plain'}}));
    await attempt('stranger', () => fetch('https://tracker.example.org/x',
        {mode: 'no-cors'}));
    await attempt('image', () => new Promise((good, bad) => {
        const image = new Image();
        image.onload = () => good(true); image.onerror = bad;
        image.src = '/web/static/img/favicon.ico'; }));
    await attempt('frame', () => new Promise((good) => {
        const frame = document.createElement('iframe');
        frame.src = '/my'; document.body.append(frame);
        setTimeout(() => { try { good(frame.contentDocument.body.innerText); }
                           catch { good(false); } }, 1500); }));
    await attempt('top', () => {
        window.top.location = 'https://tracker.example.org/'; return true; });
    say(found.join(' '));
})();
"""


@tagged("post_install", "-at_install")
class TestCoursewareBrowser(CoursewareKit, HttpCase):
    @pytest.fixture(autouse=True)
    def _take_chromium(self, chromium):
        self.chromium = chromium

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_course_ground()

    def _browse(self, slide, size=DESKTOP, query="?fullscreen=1"):
        """Open a content as the learner; return the page."""
        self.authenticate(self.learner.login, self.learner.login)
        context = self.chromium.new_context(base_url=self.base_url(), viewport=size)
        self.addCleanup(context.close)
        context.add_cookies(
            [
                {
                    "name": "session_id",
                    "value": self.session.sid,
                    "url": self.base_url(),
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        context.add_init_script(
            "try { localStorage.setItem('secret', 'ours'); } catch { /* no origin */ }"
        )
        tab = context.new_page()
        tab.goto(f"/slides/slide/{slide.id}{query}")
        tab.wait_for_selector("iframe.o_harvest_frame")
        return tab

    def _read(self, tab, wanted=""):
        """Return what the course wrote, once it did."""
        out = tab.frame_locator("iframe.o_harvest_frame").locator("#out")
        out.filter(has_text=wanted or " ").wait_for(timeout=60_000)
        return out.inner_text()

    def _play(self, slide, **options):
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide, **options)
            text = self._read(tab)
            self.assertNotIn("failed", text)
            tab.locator(".o_harvest_status").filter(has_text="Completed").wait_for()
            done = tab.locator(".o_wslides_slide_completed").count()
            tab.goto("about:blank")
        self.env.invalidate_all()
        return text, done

    def _scorm(self, script, **files):
        library = f"const exports = window;\n{peer('pipwerks.js')}"
        pages = {"index.html": page(SAY + script, "scorm.js"), "scorm.js": library}
        return self._make_slide("scorm12", pages | files)

    def test_a_scorm_course_passes_and_is_resumed(self):
        slide = self._scorm(PASSES)
        text, done = self._play(slide)
        self.assertEqual(text, "started true, saved true, was new")
        self.assertTrue(done)
        self.assertTrue(self._is_completed(slide))

        text, _done = self._play(slide, size=PHONE, query="")
        self.assertIn("was seen", text)

    def test_a_scorm_course_that_begins_at_the_parent_finds_the_run_time(self):
        slide = self._scorm(FROM_PARENT)
        text, _done = self._play(slide)
        self.assertEqual(text, "finished true")
        self.assertTrue(self._is_completed(slide))

    def test_a_scorm_course_in_frames_finds_the_run_time(self):
        inner = page(SAY + PASSES, "scorm.js")
        outer = PAGE % "<iframe src='inner.html' title='Inner'></iframe>"
        slide = self._make_slide(
            "scorm12",
            {
                "index.html": outer,
                "inner.html": inner,
                "scorm.js": f"const exports = window;\n{peer('pipwerks.js')}",
            },
        )
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            tab.locator(".o_harvest_status").filter(has_text="Completed").wait_for()
            tab.goto("about:blank")
        self.env.invalidate_all()
        self.assertTrue(self._is_completed(slide))

    def test_a_scorm_course_that_is_just_left_is_kept(self):
        script = "SCORM.connection.initialize();"
        script += "SCORM.data.set('cmi.core.lesson_location', 'page-4'); say('at 4');"
        slide = self._scorm(script)
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            self._read(tab)
            tab.goto("/slides")
            tab.wait_for_load_state("networkidle")
        self.env.invalidate_all()
        attempt = self.env["gr.courseware.attempt"].search(
            [("registration_id.slide_id", "=", slide.id)]
        )
        self.assertEqual((attempt.location, attempt.status), ("page-4", "incomplete"))

    def test_a_cmi5_unit_completes(self):
        unit = ("https://courses.example.org/1", "au.html", "CompletedAndPassed", "")
        files = {"au.html": page(SAY + CMI5, "cmi5.js"), "cmi5.js": peer("cmi5.umd.js")}
        slide = self._make_slide("cmi5", files, units=[unit])
        text, done = self._play(slide)
        self.assertEqual(text, "done true")
        self.assertTrue(done)
        self.assertTrue(self._is_completed(slide))

    def test_a_tincan_activity_completes(self):
        files = {"start.html": page(SAY + TINCAN, "tincan.js")}
        files["tincan.js"] = peer("tincan.min.js")
        slide = self._make_slide("xapi", files)
        text, _done = self._play(slide)
        self.assertEqual(text, "sent true")
        self.assertTrue(self._is_completed(slide))

    def test_a_hostile_course_is_shut_in(self):
        slide = self._scorm(ATTACKS)
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            text = self._read(tab)
            self.assertIn("/slides/slide/", tab.url)
            tab.goto("about:blank")
        self.assertNotIn("OPEN", text)
        self.assertEqual(text.count("=shut"), 10, text)

    def test_a_page_opened_by_itself_is_shut_in_too(self):
        slide = self._scorm(ATTACKS)
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            self._read(tab)
            address = tab.locator("iframe.o_harvest_frame").get_attribute("src")
            tab.goto(address)
            origin = tab.evaluate("window.origin")
            tab.goto("about:blank")
        self.assertEqual(origin, "null")

    def test_a_keyboard_gets_past_the_frame(self):
        slide = self._scorm("say('ready now');")
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            self._read(tab)
            self.assertEqual(
                tab.locator("iframe.o_harvest_frame").get_attribute("title"), slide.name
            )
            skip = tab.get_by_text("Skip the lesson")
            skip.focus()
            tab.keyboard.press("Enter")
            focused = tab.evaluate("document.activeElement.textContent")
            tab.keyboard.press("Enter")
            back = tab.evaluate("document.activeElement.tagName")
            tab.goto("about:blank")
        self.assertEqual((focused, back), ("Back to the lesson", "IFRAME"))

    def test_the_player_is_accessible_and_fits_a_phone(self):
        items = [("One", "index.html", ""), ("Two", "index.html", "")]
        slide = self._make_slide("scorm12", items=items)
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide, size=PHONE)
            found = faults(tab, context=".o_harvest_courseware")
            wide = overflow(tab)
            frame = tab.locator("iframe.o_harvest_frame").bounding_box()
            tab.goto("about:blank")
        self.assertGreater(frame["height"], PHONE["height"] / 2)
        self.assertEqual(frame["width"], PHONE["width"])
        self.assertEqual(found, [])
        self.assertLessEqual(wide, 0)

    def test_a_learner_chooses_the_lesson(self):
        two = page("document.getElementById('out').textContent = 'second one';")
        items = [("One", "index.html", ""), ("Two", "two.html", "")]
        slide = self._make_slide("scorm12", {"two.html": two}, items=items)
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            tab.select_option(".o_harvest_lesson", label="Two")
            text = self._read(tab, "second")
            tab.goto("about:blank")
        self.assertEqual(text, "second one")

    def test_the_player_leads_to_the_next_lesson(self):
        passes = page(SAY + PASSES, "scorm.js")
        library = f"const exports = window;\n{peer('pipwerks.js')}"
        two = page("document.getElementById('out').textContent = 'second one';")
        slide = self._make_slide(
            "scorm12",
            {"index.html": passes, "two.html": two, "scorm.js": library},
            items=[("One", "index.html", ""), ("Two", "two.html", "")],
        )
        with self.allow_requests(all_requests=True):
            tab = self._browse(slide)
            tab.get_by_role("button", name="Next Lesson").click()
            text = self._read(tab, "second")
            tab.goto("about:blank")
        self.env.invalidate_all()
        self.assertEqual(text, "second one")
        self.assertFalse(self._is_completed(slide))
