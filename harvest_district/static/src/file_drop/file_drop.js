import {useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {getDataURLFromFile} from "@web/core/utils/urls";
import {BinaryField, binaryField} from "@web/views/fields/binary/binary_field";

/**
 * A binary field that a file can also be dropped on.
 */
export class FileDropField extends BinaryField {
    static template = "harvest_district.FileDropField";

    setup() {
        super.setup();
        this.drop = useState({isOver: false});
    }

    onDragOver() {
        this.drop.isOver = true;
    }

    onDragLeave() {
        this.drop.isOver = false;
    }

    async onDrop(ev) {
        this.drop.isOver = false;
        const [file] = ev.dataTransfer.files;
        if (file) {
            const dataUrl = await getDataURLFromFile(file);
            await this.update({data: dataUrl.split(",")[1], name: file.name});
        }
    }
}

registry.category("fields").add("gr_file_drop", {
    ...binaryField,
    component: FileDropField,
});
