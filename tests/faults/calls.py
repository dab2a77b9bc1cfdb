"""What tests ask the app in its page, in JavaScript: `App.do` runs these with its own modules at hand.

Each is a function of what it is given; `vault`, `queue`, `net`, `store`, `updates` are the app's.
"""

WITH_APP = """async (given) => {{
    const app = await import(document.querySelector('script[src*="patrol-app"]').src);
    const {{vault, net, device, store, updates}} = app, {{queue}} = app.queue;
    return await ({})(given);
}}"""
KEPT = """async () => {
    while (!(await updates.ready())) await new Promise((done) => setTimeout(done, 20));
}"""
ENROL = """async (pin) => {
    const {account, name, role} = await net.me();
    return (await vault.enrol({account, name, role, pin})).device;
}"""
UNLOCK = "async (pin) => vault.unlock((await vault.list())[0].account, pin)"
ADD = """async ({id, body, shop, pictures}) => {
    const photos = [];
    for (const each of pictures) {
        const bytes = Uint8Array.from(atob(each), (one) => one.charCodeAt(0));
        photos.push((await queue.keepPhoto(new Blob([bytes], {type: 'image/jpeg'}))).sha256);
    }
    const whole = {...body, photos, observed_at: new Date().toISOString()};
    return (await queue.add({id, kind: 'patrol', body: whole, shop, photos})).order;
}"""
TAKE_ALONG = "async () => { await app.round.refresh(); }"
"""The round is on the phone before one leaves."""

LEAVE = """async () => {
    while ((await vault.rows()).length || (await store.all('farewells')).length) await queue.flush();
    return (await caches.keys()).filter((each) => each.startsWith('menqian'));
}"""
"""A revoked phone hands over what it has and is wiped; the caches that are left."""

REFUSAL = (
    f"async (given) => ({ADD})(given).then(() => null, (error) => error.code ?? String(error))"
)
"""Why a record is not taken; null for one that is."""

STATES = "async () => [...new Set((await queue.list()).map((each) => each.state))]"
UNREADABLE = """async () => {
    const lost = [];
    for (const {id} of await queue.list()) {
        const {photos} = await queue.content(id);
        for (const each of photos) if (!(await queue.photo(each))) lost.push(each);
    }
    return lost;
}"""
"""The photos that a record names and the phone cannot show."""

FILL = """async () => {
    const db = await new Promise((done) => {
        const opening = indexedDB.open('filler', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('rows', {autoIncrement: true});
        opening.onsuccess = () => done(opening.result);
    });
    const fits = (size) => new Promise((done) => {
        const writing = db.transaction('rows', 'readwrite', {durability: 'strict'});
        writing.objectStore('rows').add(crypto.getRandomValues(new Uint8Array(size)));
        writing.oncomplete = () => done(true);
        writing.onabort = () => done(false);
    });
    let written = 0;
    for (let size = 32768; size > 200; size /= 2) while (await fits(size)) written += size;
    db.close();
    return written;
}"""
"""Writes random bytes until not even 256 more have room; returns how many."""

EMPTY = """() => new Promise((done) => {
    indexedDB.deleteDatabase('filler').onsuccess = () => done();
})"""

WRITE_OPENLY = """(words) => new Promise((done) => {
    const opening = indexedDB.open('control', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('rows', {autoIncrement: true});
    opening.onsuccess = () => {
        const writing = opening.result.transaction('rows', 'readwrite', {durability: 'strict'});
        writing.objectStore('rows').add(words);
        writing.oncomplete = () => { opening.result.close(); done(); };
    };
})"""
"""Keeps words as they are, where the app keeps what it seals."""

LEFT = """async () => {
    const left = {};
    for (const name of ['contents', 'photos', 'drafts']) left[name] = (await store.all(name)).length;
    return left;
}"""
"""How many sealed things of each kind the phone still has."""

DRAIN = """async ({seconds, pause}) => {
    const end = performance.now() + 1000 * seconds;
    for (;;) {
        await queue.flush();
        await new Promise((done) => setTimeout(done, 1000 * pause));
        const status = await queue.status();
        const late = performance.now() > end;
        if (!status.waiting || late || ['sign_in', 'locked'].includes(status.stopped)) return status;
    }
}"""
"""Somebody who presses "send now" until nothing waits, again after `pause` seconds: less than the
app itself would wait, which doubles its pauses.
"""
