import sax from 'sax';
import { importUnreadable, MAX_IMPORT_DEPTH } from './format.ts';

const MAX_XML_ELEMENTS = 200_000;
/** Of one element; KML's have two or three. */
const MAX_XML_ATTRIBUTES = 100;
const PIECE_LENGTH = 65_536;

/** An element of a document, names without their prefix. */
export interface XmlElement {
  name: string;
  /** The attribute `name`, the only one that KML's features need. */
  key: string | null;
  children: XmlElement[];
  /** Its own text and CDATA, without that of its children. */
  text: string;
}

/**
 * The elements of an XML document. Within bounds: its depth, its elements; without a document type, so
 * that there are no entities to define, let alone to fetch. Throws `import_unreadable`.
 */
export function readXml(text: string): XmlElement {
  const parser = sax.parser(true, { trim: false, normalize: false });
  const top: XmlElement = { name: '', key: null, children: [], text: '' };
  const open = [top];
  let elements = 0;
  const addText = (more: string) => {
    (open.at(-1) as XmlElement).text += more;
  };
  parser.onerror = (error) => {
    throw importUnreadable(`Not XML: ${error.message.replaceAll('\n', ', ').slice(0, 200)}.`);
  };
  parser.ondoctype = () => {
    throw importUnreadable('A document type declaration is not read.');
  };
  let attributesOfElement = 0;
  parser.onopentagstart = () => {
    attributesOfElement = 0;
  };
  parser.onattribute = () => {
    if (++attributesOfElement > MAX_XML_ATTRIBUTES) {
      throw importUnreadable(`An element has more than ${MAX_XML_ATTRIBUTES} attributes.`);
    }
  };
  parser.onopentag = ({ name, attributes }) => {
    if (++elements > MAX_XML_ELEMENTS) throw importUnreadable(`More than ${MAX_XML_ELEMENTS} elements.`);
    if (open.length > MAX_IMPORT_DEPTH) {
      throw importUnreadable(`Nested deeper than ${MAX_IMPORT_DEPTH} levels.`);
    }
    const key = Object.hasOwn(attributes, 'name') ? attributes.name : undefined;
    const element = {
      name: localName(name),
      key: typeof key === 'string' ? key : null,
      children: [],
      text: '',
    };
    (open.at(-1) as XmlElement).children.push(element);
    open.push(element);
  };
  parser.onclosetag = () => {
    open.pop();
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  // In pieces, because after each the parser looks whether a comment or the like has no end.
  for (let at = 0; at < text.length; at += PIECE_LENGTH) parser.write(text.slice(at, at + PIECE_LENGTH));
  parser.close();
  const [root] = top.children;
  if (root === undefined) throw importUnreadable('Not XML: there is no element.');
  return root;
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** As text and in attributes; what XML 1.0 has no way to say becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
