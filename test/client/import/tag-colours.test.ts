import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagColour } from '../../../main/client/import/tag-colours.ts';

test('colours of other programs become the nearest of ours', () => {
  for (const [colour, name] of [
    ['#FF0000', 'red'],
    ['#ff0033', 'red'],
    ['#FF9900', 'orange'],
    ['#ffee00', 'yellow'],
    ['#009900', 'green'],
    ['#00bbbb', 'teal'],
    ['#3333FF', 'blue'],
    ['#993399', 'violet'],
    ['#808080', 'grey'],
    ['#000000', 'grey'],
    ['teal', 'teal'],
    ['brick', 'grey'],
    ['', 'grey'],
  ] as const)
    assert.equal(tagColour(colour), name, colour);
});
