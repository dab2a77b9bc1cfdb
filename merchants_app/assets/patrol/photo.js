// A photo as it is kept and sent: upright, at most 1600 pixels, a JPEG of at most 400 KB, and nothing
// in it but the picture. Drawing it anew leaves place, time and phone behind, which are evidence of
// their own in the record and no business of a file.

const LONGEST = 1600;
const MOST_BYTES = 400_000;
const QUALITIES = [0.82, 0.7, 0.6, 0.5];
const SHRINK = 0.8;
const MOST_UNREAD = 12 * 1024 * 1024; // of a file that is sent as it is; the server takes no more

export class PhotoError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// An <img> turns a photo as its EXIF says in every browser; createImageBitmap does not in all.
async function decoded(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

async function isHeic(blob) {
  const head = new TextDecoder("latin1").decode(await blob.slice(0, 32).arrayBuffer());
  return head.slice(4, 8) === "ftyp" && /hei[cxms]|hev[cxms]|mif1|msf1/.test(head.slice(8));
}

function drawn(source, longest) {
  const width = source.naturalWidth ?? source.width;
  const height = source.naturalHeight ?? source.height;
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white"; // a JPEG has no transparency, and black would swallow a drawing
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const jpeg = (canvas, quality) =>
  new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

async function smallEnough(source) {
  for (let longest = LONGEST; ; longest = Math.round(longest * SHRINK)) {
    const canvas = drawn(source, longest);
    for (const quality of QUALITIES) {
      const blob = await jpeg(canvas, quality);
      if (!blob) throw new PhotoError("photo.no_room");
      if (blob.size <= MOST_BYTES) return blob;
    }
  }
}

/**
 * Return a Blob, `image/jpeg`: upright, longest side at most 1600 pixels, without metadata, at most
 * 400 KB. A HEIC file that this browser cannot read comes back as it is: the server can. Throws
 * PhotoError `photo.not_an_image`, `photo.too_large`, or `photo.no_room` when memory is short.
 */
export async function reduce(source) {
  if (!(source instanceof Blob)) return smallEnough(source);
  let image;
  try {
    image = await decoded(source);
  } catch {
    if (!(await isHeic(source))) throw new PhotoError("photo.not_an_image");
    if (source.size > MOST_UNREAD) throw new PhotoError("photo.too_large");
    return source;
  }
  return smallEnough(image);
}
