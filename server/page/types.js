// The shapes of what the server answers, for the type checker; nothing here runs.

/**
 * @typedef {object} Copy
 * @property {number} id
 * @property {string} path
 * @property {number | null} score
 * @property {number} size
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {object} Picture
 * @property {number} id
 * @property {string} path
 * @property {string} name
 * @property {string} folder  "ROOTID:relative/path"
 * @property {number | null} score
 * @property {boolean | null} matches
 * @property {number | null} at  seconds into a video
 * @property {string} format
 * @property {number} size  bytes
 * @property {number} width
 * @property {number} height
 * @property {string | null} taken_at
 * @property {string | null} camera
 * @property {number | null} latitude
 * @property {number | null} longitude
 * @property {string | null} taken_from
 * @property {string | null} place
 * @property {string | null} country
 * @property {string | null} thumb  what its small pictures are called
 * @property {Copy[]} copies
 */

/** @typedef {{ text?: string, id?: number, upload?: string, weight: number }} Term */

/**
 * @typedef {object} Filters
 * @property {string[]} [folders]
 * @property {string | null} [after]
 * @property {string | null} [before]
 * @property {string[]} [cameras]
 * @property {string | null} [near]
 * @property {string | null} [radius]
 * @property {string[]} [labels]
 * @property {string[]} [types]
 * @property {string | null} [min_size]
 * @property {string[]} [named]
 * @property {boolean | null} [dated]
 * @property {boolean | null} [placed]
 * @property {number[] | null} [box]  south, west, north, east
 * @property {number[][] | null} [lasso]
 */

/**
 * @typedef {object} Search
 * @property {Term[]} terms
 * @property {Filters} filters
 * @property {"score" | "date" | "path" | null} [sort]
 * @property {"auto" | "none" | number} [cutoff]
 * @property {boolean} [fold]
 */

/**
 * @typedef {object} SearchAnswer
 * @property {number} matching
 * @property {boolean} [counted]  whether that is their number; if not, it is of the first look, and the layout has it
 * @property {number} weaker
 * @property {number} total
 * @property {number | null} lowest
 * @property {string} understood
 * @property {string[]} notes
 * @property {Picture[]} hits
 * @property {boolean} nearest
 * @property {string | null} cursor
 * @property {string} state
 */

/** @typedef {{ label: string, first: number, count: number }} Bucket */

/**
 * @typedef {object} Layout
 * @property {number} count
 * @property {number} matching
 * @property {number} total
 * @property {boolean} complete
 * @property {boolean} scored
 * @property {string} sort
 * @property {number | null} lowest
 * @property {string} state
 * @property {Record<string, number[]>} stacks
 * @property {Bucket[]} buckets
 * @property {Uint32Array} ids
 * @property {Uint16Array | null} scores
 * @property {Uint8Array} aspects
 */

/**
 * @typedef {object} Session
 * @property {string} version
 * @property {string} library
 * @property {boolean} read_only
 * @property {boolean} reveal
 * @property {string} model
 * @property {number} pictures
 * @property {string} state
 * @property {string | null} trouble  what does not work as it should, in a sentence
 */

/** @typedef {{ id: string, name: string, count: number, has_more: boolean }} Folder */
/** @typedef {{ name: string, count: number }} Named */

/**
 * How many of what was found there are of each kind.
 * @typedef {object} Facets
 * @property {number} total
 * @property {Folder[]} folders
 * @property {{ year: number | string, count: number, months: { month: string, count: number }[] }[]} years
 * @property {Named[]} cameras
 * @property {Named[]} types
 * @property {{ id: number, set: string, classes: { class: string, count: number }[] }[]} labels
 * @property {{ yes: number, no: number }} dated
 * @property {{ yes: number, no: number }} placed
 * @property {Named[]} countries
 * @property {Named[]} places
 * @property {string[]} [pending]  what is still being read, "labels" or "places", and left out until then
 */

/**
 * All that is known of one picture.
 * @typedef {object} Details
 * @property {Picture} image
 * @property {{ set: { id: number, name: string }, class: string, probability: number, said_by: string | null, said_at: string | null }[]} labels
 * @property {{ id: number, at: number }[]} moments
 * @property {Picture[]} copies
 * @property {Record<string, any>} facts
 * @property {boolean} exists
 */

/**
 * What views and parts are given.
 * @typedef {object} App
 * @property {typeof import("./api.js")} api
 * @property {Session} session
 * @property {import("./pure/url_state.js").State} state
 * @property {(change: Partial<import("./pure/url_state.js").State>, how?: { replace?: boolean }) => void} go
 * @property {(text: string, how?: { kind?: "error" | "done", action?: { label: string, run: () => void } }) => void} say
 * @property {import("./keys.js").Keys} keys
 * @property {(what: unknown) => void} remember  with this entry of the history, such as how far one has scrolled
 * @property {any} remembered  what was remembered with the entry that "back" or "forward" led to; null for a new one
 */

/**
 * A view: one at a time is shown in main.
 * @typedef {object} View
 * @property {(place: HTMLElement, app: App) => void | Promise<void>} mount
 * @property {(app: App) => void | Promise<void>} update  the state has changed, but not the view
 * @property {() => void} unmount
 */

export {};
