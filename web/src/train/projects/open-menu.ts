/** Shows the menu of projects, and reads anew what it shows. */
import { brought, listRuns } from '../state/carrying.ts';
import { isMenuOpen, listProjects } from '../state/projects.ts';

export function openMenu(): void {
  brought.value = undefined;
  isMenuOpen.value = true;
  void listProjects();
  void listRuns();
}
