// Says what is on a photo, by a model that graft trained: put runs/photos/best.safetensors into public/.
import { loadModel } from 'graft/web';

const photo = document.querySelector<HTMLInputElement>('#photo')!; // both stand in index.html
const answer = document.querySelector<HTMLOutputElement>('#answer')!;

const say = (error: unknown) => (answer.value = error instanceof Error ? error.message : String(error));
try {
  const model = await loadModel('best.safetensors');
  answer.value = `It knows: ${model.classes.join(', ')}`;
  photo.disabled = false;
  photo.addEventListener('change', async () => {
    const [file] = photo.files ?? [];
    if (!file) return;
    try {
      const { ranked } = await model.predict(file, { top: 3 });
      answer.value = ranked.map((one) => `${one.class} ${(100 * one.probability).toFixed(1)} %`).join(', ');
    } catch (error) {
      say(error);
    }
  });
} catch (error) {
  say(error);
}
