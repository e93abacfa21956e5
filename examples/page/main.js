// Trains on a visitor's photos, in the page: nothing leaves it. The network that comes with graft is what it begins with.
import { train } from 'graft/web';

const [photos, photo, says, file] = ['photos', 'photo', 'says', 'file'].map((id) =>
  document.getElementById(id),
);
const say = (text) => (says.value = text);
let model;

photos.addEventListener('change', async () => {
  photo.disabled = true;
  try {
    const trained = await train({
      data: photos.files,
      weights: './node_modules/graft/weights/resnet18-emoji.safetensors',
      epochs: 10,
      onEvent(event) {
        if (event.kind === 'reading') say(`Read ${event.done} of ${event.total} photos`);
        if (event.kind !== 'epoch') return;
        const { epoch, valid } = event.epoch;
        say(`Epoch ${epoch}: ${(100 * valid.accuracy).toFixed(1)} % of the photos set aside are right`);
      },
    });
    model?.dispose();
    ({ model } = trained);
    file.href = URL.createObjectURL(trained.file);
    file.hidden = false;
    photo.disabled = false;
    say(`Trained: ${model.classes.join(' or ')}?`);
  } catch (error) {
    say(error.message);
  }
});

photo.addEventListener('change', async () => {
  try {
    const { ranked } = await model.predict(photo.files[0]);
    say(`${ranked[0].class}, ${(100 * ranked[0].probability).toFixed(1)} %`);
  } catch (error) {
    say(error.message);
  }
});
