// Trains on a folder of photos, with a folder for each class, and asks the model about a photo:
//
//   npx tsx main.ts photos photos/cats/1.jpg [WEIGHTS]
//
// It begins with torchvision's ResNet-18, which is fetched once, or with the weights that are named.
import { exitCleanly, loadModel, train } from 'graft/node';

const [data = 'photos', photo = 'photo.jpg', weights] = process.argv.slice(2);

const trained = await train({
  data,
  weights,
  epochs: 5,
  onEvent(event) {
    if (event.kind !== 'epoch') return;
    const { epoch, valid } = event.epoch;
    console.log(`epoch ${epoch}: ${(100 * valid.accuracy).toFixed(1)} % right`);
  },
});
if (trained.kind === 'trained') {
  const model = await loadModel(trained.run);
  const { ranked } = await model.predict(photo);
  for (const { class: name, probability } of ranked)
    console.log(`${photo}: ${name} ${probability.toFixed(3)}`);
}
await exitCleanly();
